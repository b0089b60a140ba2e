"""Files of purchases in tests: the lines of a CSV, and a worker that takes them until nothing is left to do."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.rewards.purchases import keeping, taking, unfolding
from leumund.rewards.purchases.unfolding import Line

ACCOUNTANT = UUID(int=11)
HEAD = "Kundennummer;E-Mail;Bestellnummer;Betrag;Datum"


def lines(*rows: str, head: str = HEAD) -> Sequence[Line]:
    """What is read of a CSV with these rows."""
    content = "\r\n".join((head, *rows)).encode()
    headers, _ = unfolding.glimpse(content, rows=0)
    return list(unfolding.lines(content, mapping=unfolding.guess(headers)))


async def keep(*rows: str, head: str = HEAD, at: datetime) -> UUID:
    """A file is brought by a member; returns the import."""
    return await keeping.keep(lines=lines(*rows, head=head), by=ACCOUNTANT, at=at)


async def take(purchase_import: UUID, *, at: datetime) -> None:
    """What the worker does, in the transaction of a test: each of its own is a savepoint here."""

    @asynccontextmanager
    async def inside() -> AsyncIterator[None]:
        async with ground.savepoint():
            yield

    while await ground.fetch("SELECT FROM purchase_part WHERE import = $1", purchase_import):
        await taking.go_on(inside, purchase_import, at)


async def figures(purchase_import: UUID) -> Mapping[str, object]:
    """What became of its rows."""
    (row,) = await ground.fetch(
        "SELECT state, taken, known, refused, given_back FROM purchase_import WHERE id = $1", purchase_import
    )
    return row
