"""Work out who is in a segment and keep it: one statement finds them, and says who came and who went."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.customers.segments import keeping, reading
from leumund.customers.segments.reading import Kept
from leumund.kit import ground
from leumund.segmenting import compiling
from leumund.segmenting.classing import NIGHT_MINUTES

KIND = keeping.COMPUTE
# What is worked out now is good enough for this long for whoever is about to use it.
FRESH = timedelta(hours=1)
# Two who work out one segment do it one after the other, and the second sees what the first did.
_LOCK = "SELECT FROM segment WHERE id = $1 AND ended_at IS NULL FOR NO KEY UPDATE"
_MOVE = """
WITH wanted AS MATERIALIZED ({members}),
went AS (
    DELETE FROM segment_member m WHERE m.segment = {segment}
    AND NOT EXISTS (SELECT FROM wanted w WHERE w.customer = m.customer) RETURNING m.customer
),
came AS (
    INSERT INTO segment_member (segment, customer, since_date)
    SELECT {segment}, w.customer, {day} FROM wanted w
    WHERE NOT EXISTS (SELECT FROM segment_member m WHERE m.segment = {segment} AND m.customer = w.customer)
    RETURNING customer
)
SELECT (SELECT count(*) FROM wanted) AS members, (SELECT count(*) FROM came) AS came,
    (SELECT count(*) FROM went) AS went
"""
_NOTE = """
INSERT INTO segment_course (segment, day_date, members, came, went) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (segment, day_date) DO UPDATE SET members = excluded.members, came = segment_course.came + excluded.came,
    went = segment_course.went + excluded.went
"""
_COMPUTED = "UPDATE segment SET computed_at = $2 WHERE id = $1"


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """How many are in a segment now, how many of them were not before, and how many no longer are."""

    members: int
    came: int
    went: int


async def compute(*, segment: UUID, at: datetime) -> Diff:
    """Work out who is in ``segment`` at ``at``: four queries, however many there are. Raises SegmentUnknown."""
    await ground.execute(_LOCK, segment)
    kept = await reading.known(segment=segment)
    if kept.ended_at is not None:
        raise reading.SegmentUnknown("errors.segments.unknown")
    made = compiling.compiled(kept.definition, at=at)
    number = len(made.arguments)
    sql = _MOVE.format(members=made.members, segment=f"${number + 1}::uuid", day=f"${number + 2}::date")
    async with ground.sweeping(minutes=NIGHT_MINUTES):
        diff = Diff(**(await ground.fetch(sql, *made.arguments, segment, at.date()))[0])
    await ground.execute(_NOTE, segment, at.date(), diff.members, diff.came, diff.went)
    await ground.execute(_COMPUTED, segment, at)
    return diff


async def freshen(*, segment: UUID, at: datetime) -> Kept:
    """The segment, worked out within the last hour: what whoever is about to use it asks for. Raises SegmentUnknown."""
    kept = await reading.known(segment=segment)
    if kept.ended_at is not None:
        raise reading.SegmentUnknown("errors.segments.unknown")
    if kept.computed_at is None or at - kept.computed_at > FRESH:
        await compute(segment=segment, at=at)
        kept = await reading.known(segment=segment)
    return kept
