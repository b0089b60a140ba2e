"""Keep a file of purchases under seal until a job has taken it: one at a time, and of its columns only those chosen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from leumund.audit import noting
from leumund.company import agreeing, describing
from leumund.kit import ground, outbox, turns
from leumund.kit.faults import Overtaken, Refused
from leumund.kit.sealing import Column
from leumund.rewards.purchases import reading
from leumund.rewards.purchases.reading import Here
from leumund.rewards.purchases.unfolding import Line

KIND = "purchases.take"
# What a worker takes in a second or two before it looks whether somebody else's job comes first.
ROWS_A_PART = 50
ROWS = Column("purchase_part", "rows_sealed")
_BEGIN = """
INSERT INTO purchase_import (id, state, row_count, kept_by, kept_at) VALUES ($1, 'waiting', $2, $3, $4)
ON CONFLICT ((true)) WHERE state IN ('waiting', 'running') DO NOTHING
"""
_PARTS = """
INSERT INTO purchase_part (id, import, position, rows_sealed, kept_at)
SELECT id, $1, position, rows_sealed, $2 FROM unnest($3::uuid[], $4::int[], $5::bytea[])
    AS part (id, position, rows_sealed)
"""
_PARTS_AT_ONCE = 100


class OneAtATime(Overtaken):
    """Another file is on its way in."""


class NoRows(Refused):
    """There is nothing below the headers."""


async def here(*, at: datetime) -> Here:
    """What a file that is brought ``at`` this moment is read by. Raises NotDescribed."""
    profile = await describing.profile()
    return Here(zone=ZoneInfo(profile.time_zone), currency=profile.currency, at=at)


async def keep(*, lines: Sequence[Line], by: UUID, at: datetime) -> UUID:
    """Have ``lines`` taken, whoever bought first coming first, as orders are counted; returns the import.

    Raises NoRows, OneAtATime, NotAgreed.
    """
    await agreeing.require()
    if not lines:
        raise NoRows("errors.purchases.no_rows", field="file")
    kept = uuid4()
    if not await ground.execute(_BEGIN, kept, len(lines), by, at):
        raise OneAtATime("errors.purchases.one_at_a_time", field="file")
    known = await here(at=at)
    dated = [(reading.told_at(line, known), line.number, line) async for line in turns.taken(lines)]
    ordered = [line for _, _, line in sorted(dated, key=lambda each: each[:2])]
    for first in range(0, len(ordered), ROWS_A_PART * _PARTS_AT_ONCE):
        await _keep_parts(kept, ordered, first, at)
    await outbox.enqueue(kind=KIND, subject=kept, due_at=at, bulk=True)
    await noting.note(actor=f"staff:{by}", action="purchases.brought", subject=kept, detail={"rows": len(lines)}, at=at)
    return kept


async def _keep_parts(kept: UUID, ordered: Sequence[Line], first: int, at: datetime) -> None:
    last = min(first + ROWS_A_PART * _PARTS_AT_ONCE, len(ordered))
    starts = range(first, last, ROWS_A_PART)
    ids = [uuid4() for _ in starts]
    seals = []
    async for row, start in turns.taken(list(zip(ids, starts, strict=True))):
        seals.append(ROWS.seal(msgspec.json.encode(ordered[start : start + ROWS_A_PART]).decode(), row))
    await ground.execute(_PARTS, kept, at, ids, [start + 1 for start in starts], seals)
