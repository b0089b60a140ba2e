"""Who an occasion comes for on some days, as one SQL for the night that plans them and the page that counts them.

Whose data rest are in nothing. Of a segment that evaluates people only those are in it who may be evaluated now.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from leumund.customers.records import keeping
from leumund.customers.segments import reading as segments
from leumund.customers.segments.reading import SegmentUnknown
from leumund.kit import ground
from leumund.occasions import rules
from leumund.occasions.defining import YEARLY, Class, Definition
from leumund.segmenting import computing
from leumund.surveys.rules import DETRACTOR_TO, PROMOTER_FROM

_SCORES: dict[Class, tuple[int, int]] = {
    "promoter": (PROMOTER_FROM, 10),
    "passive": (DETRACTOR_TO + 1, PROMOTER_FROM - 1),
    "detractor": (0, DETRACTOR_TO),
}
_BORN = "c.birth_day_hash = ANY ($1::text[])"
_SINCE = """
100 * extract(month FROM c.customer_since_date) + extract(day FROM c.customer_since_date) = ANY ($1::numeric[])
AND c.customer_since_date < $2::date
"""
_BOUGHT = """
c.id IN (SELECT customer FROM conversion WHERE refunded_at IS NULL AND kind = 'purchase'
         AND occurred_at >= $1 AND occurred_at < $2 AND ($3 = '' OR categories @> ARRAY[$3::text]))
"""
_ANSWERED = """
c.id IN (SELECT customer FROM survey_answer WHERE answered_at >= $1 AND answered_at < $2
         AND score BETWEEN $3 AND $4 AND customer IS NOT NULL)
"""


class Coming(NamedTuple):
    """A condition on a ``customer`` called ``c``, and what stands in its places from ``$1`` on."""

    where: str
    arguments: tuple[object, ...]

    def place(self, after: int) -> str:
        """The ``after``-th place behind its own."""
        return f"${len(self.arguments) + after}"


async def on(definition: Definition, days: Sequence[date], zone: ZoneInfo) -> Coming | None:
    """For whom it begins on any of ``days``, which follow one another; None where it begins for nobody."""
    anchors = [day - timedelta(days=definition.trigger.days) for day in days if definition.is_open_on(day)]
    coming = _by_trigger(definition, anchors, zone) if anchors else None
    if coming is None or not definition.segment:
        return coming
    try:
        kept = await segments.known(segment=UUID(definition.segment))
    except SegmentUnknown:
        return None
    if kept.ended_at is not None:
        return None
    members = segments.members_sql(coming.place(1), evaluates=kept.evaluates)
    return Coming(f"{coming.where} AND c.id IN ({members})", (*coming.arguments, kept.id))


async def freshen(definition: Definition, *, at: datetime) -> None:
    """Have its segment worked out where that was long ago."""
    if definition.segment:
        try:
            await computing.freshen(segment=UUID(definition.segment), at=at)
        except SegmentUnknown:
            return


async def count(coming: Coming) -> int:
    """How many people those are now."""
    sql = f"SELECT count(*) AS people FROM customer c WHERE c.held IS NULL AND {coming.where}"  # noqa: S608 - ours
    people: int = (await ground.fetch(sql, *coming.arguments))[0]["people"]
    return people


def occurrence(definition: Definition, day: date) -> str:
    """What a person has it once for: a year, or the day they did something."""
    anchor = day - timedelta(days=definition.trigger.days)
    return str(anchor.year) if definition.trigger.kind in YEARLY else anchor.isoformat()


def _by_trigger(definition: Definition, anchors: Sequence[date], zone: ZoneInfo) -> Coming | None:
    trigger = definition.trigger
    kept = sorted({kept for day in anchors for kept in rules.days_kept_on(day)})
    if trigger.kind == "birthday":
        return Coming(_BORN, ([keeping.by_day(day) for day in kept],))
    if trigger.kind == "anniversary":
        numbers = [int(day.replace("-", "")) for day in kept]
        # Who came on one of these days of this year has none yet.
        return Coming(_SINCE, (numbers, anchors[0]))
    if trigger.kind == "date":
        return Coming("true", ()) if f"{trigger.month:02}-{trigger.day:02}" in kept else None
    if trigger.kind == "event":
        return Coming("true", ()) if trigger.on_date in anchors else None
    first, over = rules.span(anchors[0], anchors[-1], zone)
    if trigger.kind == "purchase":
        return Coming(_BOUGHT, (first, over, trigger.category))
    return Coming(_ANSWERED, (first, over, *_SCORES[trigger.answer]))
