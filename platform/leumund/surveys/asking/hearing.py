"""Hear of what happened to a customer, and ask them about it after a while: past the same rest, limits and gate.

An event counts once by the company's own number for it. Its facts become the answer's, where it is known who answers.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from leumund.company import agreeing, describing
from leumund.customers.records import reserving
from leumund.kit import ground, outbox
from leumund.kit.faults import Refusals, Refused
from leumund.surveys.asking import arranging, judging, planning, putting, rules, withholding
from leumund.surveys.asking.arranging import Limits
from leumund.surveys.asking.putting import Asking
from leumund.surveys.asking.rules import Reason
from leumund.surveys.studio.publishing import NoSurvey, Published

# The job that asks about one.
KIND = "surveys.event"
MOST_FACTS, LONGEST_FACT = 10, 100
_OLDEST, _AHEAD = timedelta(days=30), timedelta(minutes=5)
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_FACT = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What makes a fact of a line no fact: it is shown beside an answer.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_INSERT = """
INSERT INTO survey_event (event_ref, customer, key, event, attributes, happened_at, received_at, due_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8) ON CONFLICT (event_ref) DO NOTHING RETURNING id
"""
_SELECT = """
SELECT id, event_ref, customer, key, event, attributes, happened_at, due_at, settled_at, held_reason
FROM survey_event
"""
_KNOWN = f"{_SELECT} WHERE event_ref = $1"
_OPEN = f"{_SELECT} WHERE id = $1 AND settled_at IS NULL FOR UPDATE"
_SETTLE = "UPDATE survey_event SET settled_at = $2, held_reason = $3, invitation = $4 WHERE id = $1"
# What a caller is told: enough to mend its own doing, and nothing of whose data rest or who complained.
Told = Literal["asked_lately", "no_consent", "not_possible"]
_TOLD: Mapping[str, Told] = {
    **dict.fromkeys(("quarantine", "limit", "too_often"), "asked_lately"),
    **dict.fromkeys(("no_consent", "suppressed"), "no_consent"),
}


class BadEvent(Refused):
    """Something about the event cannot be."""


class EventReused(Refused):
    """The same number was told before, of something else."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: ``ref`` is the company's own number for it, ``survey`` the key of what is asked about it."""

    ref: str
    customer: UUID
    survey: str
    name: str
    happened_at: datetime
    attributes: Mapping[str, str] = {}


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """How an event stands: it waits until ``due_at``, somebody was invited, or not and ``reason`` says why."""

    id: UUID
    event: Event
    due_at: datetime
    state: Literal["waiting", "invited", "held"]
    reason: Told | None


async def hear(*, event: Event, timed: bool = True, at: datetime) -> Heard:
    """Keep ``event``, and ask about it when its delay is over; told again, answer how it stands.

    Where the caller did not say when, it is not ``timed``: told again it is of whenever that was.

    Raises NotAgreed, Refusals, EventReused.
    """
    await agreeing.require()
    if known := await ground.fetch(_KNOWN, event.ref):
        return _heard(known[0], event, timed)
    if faults := await _objections(event, at):
        raise Refusals(faults)
    survey, limits = await planning.open_survey(key=event.survey), await arranging.limits()
    # Facts beside an answer nobody shall be able to tell the giver of would tell of them.
    attributes = event.attributes if survey.named else {}
    due_at = max(at, event.happened_at + timedelta(hours=limits.delay_hours))
    written = msgspec.json.encode(attributes).decode()
    values = (event.ref, event.customer, event.survey, event.name, written, event.happened_at, at, due_at)
    made = await ground.fetch(_INSERT, *values)
    if made and due_at > at:
        await outbox.enqueue(kind=KIND, subject=made[0]["id"], due_at=due_at, bulk=True)
    elif made:
        await settle(event=made[0]["id"], at=at)
    return _heard((await ground.fetch(_KNOWN, event.ref))[0], event, timed)


async def settle(*, event: UUID, at: datetime) -> None:
    """Ask about the event, or write down why not. A worker's deed; a second time changes nothing."""
    rows = await ground.fetch(_OPEN, event)
    if not rows:
        return
    row = rows[0]
    try:
        survey = await planning.open_survey(key=row["key"])
    except NoSurvey:
        await _settled(row, "closed", None, at)
        return
    person, limits = row["customer"], await arranging.limits()
    await reserving.reserve(people=[person])
    judged = await judging.judge(people=[person], key=survey.key, channel="email", limits=limits, at=at)
    if person in judged.held:
        await _settled(row, judged.held[person], None, at)
        return
    people = putting.spoken(judged.asked, await _spoken(survey))
    made = await putting.put(asking=_asking(survey, row["attributes"], limits, at), people=people, at=at)
    await _settled(row, None, made[person], at)


def _asking(survey: Published, attributes: str, limits: Limits, at: datetime) -> Asking:
    expires_at = rules.expires(at, link_days=limits.link_days, ends_at=None)
    return Asking(survey=survey, channel="api", quiet=True, expires_at=expires_at, attributes=attributes)


async def _settled(row: Mapping[str, Any], reason: Reason | None, invitation: UUID | None, at: datetime) -> None:
    await ground.execute(_SETTLE, row["id"], at, reason, invitation)
    if reason is not None:
        await withholding.note(wave=None, key=row["key"], reasons={row["customer"]: reason}, at=at)


async def _spoken(survey: Published) -> list[str]:
    """The company's languages in which the survey is there, or else all it has."""
    titles = survey.definition.titles
    return [each for each in (await describing.profile()).languages if each in titles] or [*titles]


async def _objections(event: Event, at: datetime) -> list[Refused]:
    faults: list[Refused] = []
    if not _NAME.fullmatch(event.name):
        faults.append(BadEvent("errors.asking.event", field="event"))
    if not at - _OLDEST <= event.happened_at <= at + _AHEAD:
        faults.append(BadEvent("errors.asking.occurred_at", field="occurred_at", days=_OLDEST.days))
    if len(event.attributes) > MOST_FACTS or not all(map(_FACT.fullmatch, event.attributes)):
        faults.append(BadEvent("errors.asking.attributes", field="attributes", most=MOST_FACTS))
    elif not all(0 < len(fact) <= LONGEST_FACT and not _UNPRINTABLE.search(fact) for fact in event.attributes.values()):
        faults.append(BadEvent("errors.asking.attribute", field="attributes", most=LONGEST_FACT))
    try:
        await planning.open_survey(key=event.survey)
    except NoSurvey:
        faults.append(BadEvent("errors.asking.survey_key", field="survey"))
    return faults


def _heard(row: Mapping[str, Any], event: Event, timed: bool) -> Heard:
    """Raises EventReused."""
    known = Event(
        ref=row["event_ref"],
        customer=row["customer"],
        survey=row["key"],
        name=row["event"],
        happened_at=row["happened_at"],
        attributes=msgspec.json.decode(row["attributes"], type=dict[str, str]),
    )
    # Of an anonymous survey's event no facts were kept, so that they tell nothing of whether it is the same.
    happened_at = event.happened_at if timed else known.happened_at
    if known != msgspec.structs.replace(event, attributes=known.attributes, happened_at=happened_at):
        raise EventReused("errors.asking.event_reused", field="event_id")
    reason = row["held_reason"]
    state: Literal["waiting", "invited", "held"] = "held" if reason else "invited" if row["settled_at"] else "waiting"
    told = _TOLD.get(reason, "not_possible") if reason else None
    return Heard(id=row["id"], event=known, due_at=row["due_at"], state=state, reason=told)
