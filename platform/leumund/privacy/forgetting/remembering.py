"""Remember that somebody was erased, not who; and find them again where an older backup brings them back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground, sealing
from leumund.privacy.forgetting.emptying import Emptied

_BURY = """
INSERT INTO erasure_tombstone (person_hash, rule, erased_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_PROTOCOL = """
INSERT INTO retention_record (at, class, place, deed, amount)
SELECT $1, class, place, deed, amount
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS told (class, place, deed, amount)
"""
_LATELY = """
SELECT at, class AS data_class, deed, sum(amount)::bigint AS amount FROM retention_record
GROUP BY at, class, deed ORDER BY at DESC, class, deed LIMIT $1
"""
_MOST_SHOWN = 40
_KNOWN = "SELECT id FROM customer WHERE held IS DISTINCT FROM 'erased' AND id > $1 ORDER BY id LIMIT $2"
_BURIED = "SELECT person_hash, rule FROM erasure_tombstone WHERE person_hash = ANY ($1::text[])"
_MOST_AT_ONCE = 5_000


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of a class went, or would go, in which way; ``at`` is None where nothing happened yet."""

    data_class: str
    deed: str
    amount: int
    at: datetime | None = None


def marked(person: UUID) -> str:
    """What a tombstone says of a person: a keyed hash of their id."""
    return sealing.keyed_hash("tombstone", person.hex)


async def bury(*, customer: UUID, rule: str, at: datetime) -> None:
    """Leave a tombstone; once."""
    await ground.execute(_BURY, marked(customer), rule, at)


async def protocol(emptied: Sequence[Emptied], *, at: datetime) -> None:
    """Write down how many rows of which table went: figures alone."""
    columns = ([getattr(each, name) for each in emptied] for name in ("data_class", "table", "deed", "amount"))
    await ground.execute(_PROTOCOL, at, *columns)


async def lately() -> list[Gone]:
    """What went last, the newest first."""
    return msgspec.convert(await ground.fetch(_LATELY, _MOST_SHOWN), list[Gone])


def summed(emptied: Sequence[Emptied]) -> list[Gone]:
    """What would go of each class, by what happens to it, whichever tables it lies in."""
    sums = Counter[tuple[str, str]]()
    for each in emptied:
        sums[each.data_class, each.deed] += each.amount
    return [Gone(data_class=name, deed=deed, amount=amount) for (name, deed), amount in sums.items()]


async def risen() -> dict[UUID, str]:
    """Who is here although a tombstone says they were erased, as an older backup brings them back; by which rule."""
    found: dict[UUID, str] = {}
    last = UUID(int=0)
    if not await ground.fetch("SELECT FROM erasure_tombstone LIMIT 1"):
        # Most nights most companies have nobody to look for.
        return found
    while rows := await ground.fetch(_KNOWN, last, _MOST_AT_ONCE):
        last = rows[-1]["id"]
        people = {marked(row["id"]): row["id"] for row in rows}
        for row in await ground.fetch(_BURIED, list(people)):
            found[people[row["person_hash"]]] = row["rule"]
    return found
