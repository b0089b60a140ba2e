"""Plan an occasion: each night who it comes for today and tomorrow is put into it, with a job at the right moment.

A person is in it once an occurrence, which a key of the database holds, however often it is planned. Who may not be
reached, was drawn not to be, or would hear of it too late is put down with the reason and gets no job.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from leumund.kit import ground, lots, outbox
from leumund.occasions import coming, permitting, reading, rules, stepping
from leumund.occasions.coming import Coming
from leumund.occasions.defining import FORESEEN
from leumund.occasions.reading import Running

KIND = "occasions.plan"
# After nights without a worker: what was missed is put down as too late, so far back.
MOST_DAYS_BACK = 31
_CHUNK = 5_000
_LIVE = """
SELECT o.id FROM occasion o WHERE 'running' =
    (SELECT state FROM occasion_state WHERE occasion = o.id ORDER BY position DESC LIMIT 1) ORDER BY o.id
"""
# By id, some at a time; whoever is in it already is left alone, and by what they did while they still are in it since.
_FOUND = """
SELECT c.id, c.email_hash FROM customer c
WHERE c.held IS NULL AND {where} AND c.id > {after}
  AND NOT EXISTS (SELECT FROM occasion_run r WHERE r.occasion = {occasion} AND r.customer = c.id
                  AND (r.occurrence = {occurrence} OR ({once} AND r.state = 'waiting')))
ORDER BY c.id LIMIT {most}
"""
_PUT = """
INSERT INTO occasion_run
    (id, occasion, version, customer, occurrence, control, state, reason, began_at, first_due_at, due_at, ended_at)
SELECT id, $4, $5, customer, $6, coalesce(reason = 'control', false),
    CASE WHEN reason IS NULL THEN 'waiting' ELSE 'stopped' END, reason, $7, $8, $8,
    CASE WHEN reason IS NOT NULL THEN $7::timestamptz END
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS one (id, customer, reason)
ON CONFLICT (occasion, customer, occurrence) DO NOTHING RETURNING id, state
"""
_PLANNED = "UPDATE occasion SET planned_until_date = greatest(planned_until_date, $2) WHERE id = $1"
_NOBODY = UUID(int=0)


async def enqueue(*, at: datetime) -> int:
    """Leave a job for each occasion that runs; how many do. A nightly job."""
    live = [row["id"] for row in await ground.fetch(_LIVE)]
    await outbox.enqueue_all(kind=KIND, subjects=live, due_at=at, bulk=True)
    return len(live)


async def plan(*, occasion: UUID, at: datetime) -> int:
    """Put in whom it comes for until tomorrow; for how many it begins. One that does not run plans nothing.

    Of each day some four queries for every _CHUNK people, all in the job's one transaction.
    """
    live = await reading.running(occasion=occasion)
    if live is None:
        return 0
    zone = await reading.zone()
    await coming.freshen(live.definition, at=at)
    days = rules.days_to_plan(rules.day_of(at, zone), live.planned_until_date, most_days=MOST_DAYS_BACK)
    begun = sum([await _plan_day(live, day, zone, at) for day in days])
    await ground.execute(_PLANNED, occasion, days[-1])
    return begun


async def _plan_day(live: Running, day: date, zone: ZoneInfo, at: datetime) -> int:
    due = rules.moment(day, live.definition.hour, zone)
    who = await coming.on(live.definition, [day], zone)
    # What had its moment before it ran, or while it rested, is not made up for.
    if who is None or due < live.since:
        return 0
    occurrence = coming.occurrence(live.definition, day)
    begun, after = 0, _NOBODY
    while found := await _next(live, who, occurrence, after):
        reasons = await _reasons(live, found, is_late=rules.is_late(due, at))
        begun += await _put(live, occurrence, reasons, due=due, at=at)
        after = max(found)
    return begun


async def _next(live: Running, who: Coming, occurrence: str, after: UUID) -> dict[UUID, str]:
    """Some more of them, and the hashes of their addresses; empty where they have none."""
    places = {name: who.place(n) for n, name in enumerate(("after", "occasion", "occurrence", "most", "once"), 1)}
    sql = _FOUND.format(where=who.where, **places)
    once = live.definition.trigger.kind not in FORESEEN
    rows = await ground.fetch(sql, *who.arguments, after, live.id, occurrence, _CHUNK, once)
    return {row["id"]: row["email_hash"] or "" for row in rows}


async def _reasons(live: Running, found: dict[UUID, str], *, is_late: bool) -> dict[UUID, str | None]:
    """Why it does not begin for some of them, by person; None for whom it does."""
    definition = live.definition
    barred = await permitting.barred(addresses=found, purpose=definition.purpose, channels=definition.channels)
    late = stepping.TOO_LATE if is_late else None
    drawn = dict.fromkeys(_drawn(live, [each for each in found if each not in barred]), stepping.CONTROL)
    return {person: barred.get(person) or late or drawn.get(person) for person in found}


def _drawn(live: Running, people: Sequence[UUID]) -> Iterator[UUID]:
    """Drawn once for all years."""
    percent = live.definition.control_percent
    for person in people:
        if lots.is_drawn(purpose="control of an occasion", of=str(live.id), person=person, percent=percent):
            yield person


async def _put(live: Running, occurrence: str, reasons: dict[UUID, str | None], *, due: datetime, at: datetime) -> int:
    ids = [uuid4() for _ in reasons]
    told = (ids, [*reasons], [*reasons.values()], live.id, live.version, occurrence, at, due)
    waiting = [row["id"] for row in await ground.fetch(_PUT, *told) if row["state"] == "waiting"]
    await outbox.enqueue_all(kind=stepping.KIND, subjects=waiting, due_at=due, bulk=True)
    return len(waiting)
