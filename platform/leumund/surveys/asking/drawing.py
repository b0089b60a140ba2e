"""Draw whom a wave is about to ask: everybody of its audience gets a lot, and the lowest are asked first.

A lot is PostgreSQL's seeded hash of the customer's id, so that whoever knows the wave's seed can draw it again and gets
the same: ``SELECT hashtextextended(<id>::text, <seed>) & 9223372036854775807``. Lots are as good as evenly spread, and
nothing about a person but the id they were given by chance has a part in them.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.customers.segments import evaluating, reading
from leumund.kit import ground
from leumund.surveys.asking import rules
from leumund.surveys.asking.listing import Wave

_LOT = "hashtextextended(c.id::text, $1::bigint) & 9223372036854775807"
# A lead is nobody's customer yet. Whose data rest is drawn as well, unless a segment leaves them out: why they are not
# asked is told, too.
_AUDIENCE = """
FROM customer c
WHERE c.stage = 'customer' AND c.held IS DISTINCT FROM 'erased'
  AND ($2::uuid IS NULL OR c.id IN ({members}))
"""
# Of a million people, on a machine that is busy; nobody waits for it.
_MINUTES = 10
_DRAW = "INSERT INTO survey_wave_person (wave, customer, lot) SELECT $3, c.id, {lot} {audience} ON CONFLICT DO NOTHING"
_COUNT = "SELECT count(*) AS people, count(*) FILTER (WHERE {lot} < $3) AS drawn {audience}"
_LOWEST = "SELECT id FROM (SELECT c.id, {lot} AS lot {audience}) c WHERE lot < $3 ORDER BY lot, id LIMIT $4"
_EVALUABLE = f"SELECT c.id FROM customer c WHERE c.id = ANY ($1) AND {evaluating.EVALUABLE_ONE}"  # noqa: S608 - all ours
_UNLUCKY = """
WITH gone AS (DELETE FROM survey_wave_person WHERE wave = $1 AND lot >= $2 RETURNING customer)
INSERT INTO survey_held (wave, key, customer, step, reason, at) SELECT $1, $3, customer, 0, 'sampled_out', $4 FROM gone
"""


def below(wave: Wave) -> int:
    """Which lots a wave's share leaves: all of them where it asks for none."""
    return rules.LOTS - 1 if wave.sample_percent is None else wave.sample_percent * rules.PERCENT


async def draw(*, wave: Wave, at: datetime) -> None:
    """Give everybody of the wave's audience their lot, and note whom its share leaves out. Raises SegmentUnknown."""
    sql = await _of(wave, _DRAW)
    async with ground.sweeping(minutes=_MINUTES):
        await ground.execute(sql, wave.seed, wave.segment, wave.id)
        if wave.sample_percent is not None:
            await ground.execute(_UNLUCKY, wave.id, below(wave), wave.key, at)


async def count(*, wave: Wave) -> tuple[int, int]:
    """How many the wave's audience are now, and how many of them its share leaves. Raises SegmentUnknown."""
    row = (await ground.fetch(await _of(wave, _COUNT), wave.seed, wave.segment, below(wave)))[0]
    return row["people"], row["drawn"]


async def lowest(*, wave: Wave, most: int) -> list[UUID]:
    """The first ``most`` of whom the wave would ask, in the order it would. Raises SegmentUnknown."""
    rows = await ground.fetch(await _of(wave, _LOWEST), wave.seed, wave.segment, below(wave), most)
    return [row["id"] for row in rows]


async def left(*, wave: Wave, people: Sequence[UUID]) -> list[UUID]:
    """Those of ``people`` whom the wave may still ask as those of its segment.

    Whoever may not be evaluated any more was never in one that evaluates, as far as any row would tell.
    """
    if wave.segment is None or not (await reading.known(segment=wave.segment)).evaluates:
        return list(people)
    return [row["id"] for row in await ground.fetch(_EVALUABLE, list(people))]


async def _of(wave: Wave, sql: str) -> str:
    """``sql`` for the wave's audience: everybody, or who is in its segment now. Raises SegmentUnknown."""
    members = "SELECT NULL::uuid"
    if wave.segment is not None:
        members = reading.members_sql("$2", evaluates=(await reading.known(segment=wave.segment)).evaluates)
    return sql.format(lot=_LOT, audience=_AUDIENCE.format(members=members))
