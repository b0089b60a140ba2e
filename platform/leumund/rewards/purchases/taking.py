"""Take a file of purchases bite by bite: each row is a transaction of its own, as each call of the API is.

So its people and programs are held no longer than by a single order, nobody who orders meanwhile waits for a file, and
whoever takes over from a worker that was killed goes on with the row it was at.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.kit.faults import Refusals, Refused
from leumund.rewards.purchases import keeping, reading, refusals, telling
from leumund.rewards.purchases.reading import Here
from leumund.rewards.purchases.unfolding import Line

Inside = Callable[[], AbstractAsyncContextManager[object]]
_HOLD = """
SELECT id, state, position, row_count, kept_by, kept_at FROM purchase_import
WHERE id = $1 AND state IN ('waiting', 'running') FOR UPDATE
"""
_PART = "SELECT id, position, rows_sealed FROM purchase_part WHERE import = $1 ORDER BY position LIMIT 1"
_BEGIN = "UPDATE purchase_import SET state = 'running', begun_at = $2 WHERE id = $1 AND state = 'waiting'"
# The database counts on from the row before, and from no other one.
_COUNT = """
UPDATE purchase_import SET position = $2, taken = taken + $3, known = known + $4, refused = refused + $5,
    given_back = given_back + $6
WHERE id = $1 AND position = $2 - 1 AND state = 'running'
"""
_END = """
UPDATE purchase_import SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'running'
RETURNING taken, known, refused, given_back
"""


class _Ahead(Exception):
    """Another hand has taken this row already."""


class Bite(NamedTuple):
    """Rows that are to be taken now, the first of them by ``position``, of the part they lie in."""

    of: UUID
    part: UUID
    position: int
    lines: Sequence[Line]
    kept_by: UUID
    here: Here


class Became(NamedTuple):
    """What became of a row, by how much each count of its file grows."""

    taken: int = 0
    known: int = 0
    refused: int = 0
    given_back: int = 0


async def go_on(inside: Inside, purchase_import: UUID, at: datetime) -> None:
    """Take the next bite of an import, and have a job take the one after it; nothing where it is over."""
    async with inside():
        bite = await _bite(purchase_import, at)
    if bite is None:
        return
    try:
        for position, line in enumerate(bite.lines, bite.position):
            await _take_or_refuse(inside, bite, position, line, at)
    except _Ahead:
        return
    async with inside():
        await _let_go(bite, at)


async def _bite(purchase_import: UUID, at: datetime) -> Bite | None:
    held = await ground.fetch(_HOLD, purchase_import)
    parts = await ground.fetch(_PART, purchase_import) if held else []
    if not parts:
        return None
    await ground.execute(_BEGIN, purchase_import, at)
    (row,), (part,) = held, parts
    lines = msgspec.json.decode(keeping.ROWS.unseal(part["rows_sealed"], part["id"]), type=list[Line])
    done = row["position"] + 1 - part["position"]
    return Bite(
        of=purchase_import,
        part=part["id"],
        position=row["position"] + 1,
        lines=lines[done:],
        kept_by=row["kept_by"],
        here=await keeping.here(at=row["kept_at"]),
    )


async def _take_or_refuse(inside: Inside, bite: Bite, position: int, line: Line, at: datetime) -> None:
    """All of a row or nothing of it; why it is nothing is kept with it."""
    try:
        async with inside():
            await _take(bite, position, line, at)
    except (Refused, Refusals) as fault:
        async with inside():
            await _count(bite, position, Became(refused=1))
            await refusals.keep(into=bite.of, refusal=refusals.of(line, fault), at=at)


async def _take(bite: Bite, position: int, line: Line, at: datetime) -> None:
    told = await telling.tell(
        purchase=reading.purchase(line, bite.here),
        told_as=f"import-{bite.of.hex[:12]}-{line.number}",
        actor=f"staff:{bite.kept_by}",
        at=at,
    )
    became = Became(taken=int(told.is_new), known=int(not told.is_new), given_back=int(told.is_given_back))
    await _count(bite, position, became)


async def _count(bite: Bite, position: int, became: Became) -> None:
    if not await ground.execute(_COUNT, bite.of, position, *became):
        raise _Ahead


async def _let_go(bite: Bite, at: datetime) -> None:
    """What was taken lies there no longer; the next part has a job of its own, so that those of others come between."""
    if not await ground.execute("DELETE FROM purchase_part WHERE id = $1", bite.part):
        return
    if await ground.fetch(_PART, bite.of):
        await outbox.enqueue(kind=keeping.KIND, subject=bite.of, due_at=at, bulk=True)
        return
    (figures,) = await ground.fetch(_END, bite.of, at)
    await noting.note(
        actor=f"staff:{bite.kept_by}", action="purchases.imported", subject=bite.of, detail=figures, at=at
    )
