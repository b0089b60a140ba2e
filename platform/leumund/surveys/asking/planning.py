"""Plan a wave: what it asks of whom, from when on, for how long, and how often it reminds.

A plan asks nobody. Whoever releases it has read how many it would reach, and from then on it goes by itself.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from secrets import randbelow
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.company import agreeing
from leumund.consent.texts import publishing as texts
from leumund.customers.segments import reading
from leumund.customers.segments.reading import SegmentUnknown
from leumund.kit import ground, outbox
from leumund.kit.faults import Overtaken, Refusals, Refused
from leumund.messages.gate import limiting
from leumund.surveys.asking import listing, rules
from leumund.surveys.asking.rules import CHANNELS, GOALS
from leumund.surveys.asking.tables import SurveyWave
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import NoSurvey, Published

# The job that goes on with a wave.
KIND = "surveys.wave"
MOST_DAYS, MOST_REMINDERS, MOST_REMIND_DAYS, MOST_SAMPLE = 365, 2, 60, 10_000_000
_MOST_PERCENT, MOST_CONTROL_PERCENT = 99, 50
_FARTHEST_START = timedelta(days=366)
# Of two who release it, or of whom one throws it away, the second finds that it is no draft any more.
_RELEASE = "UPDATE survey_wave SET released_at = $2 WHERE id = $1 AND released_at IS NULL"
_DISCARD = "DELETE FROM survey_wave WHERE id = $1 AND released_at IS NULL"


class BadPlan(Refused):
    """Something about the plan cannot be."""


class NoRoom(Refused):
    """A reminder would be more than people may get, by the company's limits or by what it promised them."""


class NotADraft(Overtaken):
    """It was released or ended by now."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chose for a wave; ``starts_at`` None is at once, a sample of neither kind is everybody.

    ``includes_c`` asks customers of class C too, whom the company may spare otherwise (segments.sparing). With
    ``quiet`` mails keep the quiet hours. ``control_percent`` of those who may be asked are drawn not to be, and the
    others are compared with them by ``goal``.
    """

    key: str
    channel: str = "email"
    segment: UUID | None = None
    includes_c: bool = False
    sample_size: int | None = None
    sample_percent: int | None = None
    languages: Sequence[str]
    quiet: bool = True
    starts_at: datetime | None = None
    lasts_days: int = 30
    reminders: int = 0
    remind_after_days: int = 7
    control_percent: int = 0
    goal: str = "bought"


async def plan(*, plan: Plan, actor: str, at: datetime) -> UUID:
    """Keep ``plan`` as a wave that nobody released yet. Raises Refusals."""
    if faults := [fault async for fault in _objections(plan, at)]:
        raise Refusals(faults)
    return await put(plan=plan, actor=actor, at=at)


async def put(*, plan: Plan, actor: str, at: datetime) -> UUID:
    """Keep a plan that is in order; its lot is drawn by a number nobody chose."""
    wave, told = uuid4(), msgspec.structs.asdict(plan)
    row = SurveyWave(**{**told, "languages": list(plan.languages)}, planned_at=at, planned_by=actor)
    row.id, row.seed = wave, randbelow(rules.LOTS)
    await SurveyWave.insert(row)
    return wave


async def release(*, wave: UUID, actor: str, at: datetime) -> None:
    """Let the wave ask, from its start on. Raises NotAgreed, NoSurvey, WaveUnknown, NotADraft."""
    await agreeing.require()
    found = await listing.find(wave=wave)
    await open_survey(key=found.key)
    if not await ground.execute(_RELEASE, wave, at):
        raise NotADraft("errors.asking.not_a_draft")
    detail = {"survey": found.key, "channel": found.channel, "reminders": found.reminders}
    await noting.note(actor=actor, action="surveys.wave_released", subject=wave, detail=detail, at=at)
    await outbox.enqueue(kind=KIND, subject=wave, due_at=max(at, found.starts_at or at), bulk=True)


async def discard(*, wave: UUID) -> None:
    """Throw a plan away that was never released. Raises WaveUnknown, NotADraft."""
    await listing.find(wave=wave)
    if not await ground.execute(_DISCARD, wave):
        raise NotADraft("errors.asking.not_a_draft")


async def open_survey(*, key: str) -> Published:
    """The version one is asked by now. Raises NoSurvey, also where the survey is closed."""
    if await closing.is_closed(key=key):
        raise NoSurvey(key)
    return await publishing.current(key=key)


async def _objections(plan: Plan, at: datetime) -> AsyncIterator[Refused]:
    for wrong in _figures(plan, at):
        yield wrong
    try:
        spoken = (await open_survey(key=plan.key)).definition.titles
    except NoSurvey:
        yield BadPlan("errors.asking.survey", field="key")
        spoken = {}
    if plan.segment is not None and not await _is_segment(plan.segment):
        yield BadPlan("errors.asking.segment", field="segment")
    if not plan.languages or (spoken and not set(plan.languages) <= spoken.keys()):
        yield BadPlan("errors.asking.languages", field="languages")
    if plan.channel == "email" and 0 < plan.reminders <= MOST_REMINDERS:
        async for crowded in _crowded(plan):
            yield crowded


async def _is_segment(segment: UUID) -> bool:
    try:
        return (await reading.known(segment=segment)).ended_at is None
    except SegmentUnknown:
        return False


def _figures(plan: Plan, at: datetime) -> list[BadPlan]:
    """What is wrong with the plan's own figures."""
    size, percent, start = plan.sample_size, plan.sample_percent, plan.starts_at
    checks = {
        "channel": plan.channel in CHANNELS,
        "sample_size": size is None or 1 <= size <= MOST_SAMPLE,
        "sample_percent": percent is None or 1 <= percent <= _MOST_PERCENT,
        "lasts_days": 1 <= plan.lasts_days <= MOST_DAYS,
        "reminders": 0 <= plan.reminders <= (MOST_REMINDERS if plan.channel == "email" else 0),
        "control_percent": 0 <= plan.control_percent <= MOST_CONTROL_PERCENT,
        "goal": plan.goal in GOALS,
        "remind_after_days": 1 <= plan.remind_after_days <= MOST_REMIND_DAYS,
        "starts_at": start is None or at - timedelta(days=1) <= start <= at + _FARTHEST_START,
    }
    faults = [BadPlan(f"errors.asking.{field}", field=field) for field, right in checks.items() if not right]
    if not faults and plan.reminders * plan.remind_after_days >= plan.lasts_days:
        faults.append(BadPlan("errors.asking.reminded_late", field="lasts_days"))
    return faults


async def _crowded(plan: Plan) -> AsyncIterator[NoRoom]:
    """Why reminders would not get through: each is a mail like any other, and the gate counts it."""
    found, every = await limiting.limits(), plan.remind_after_days
    for purpose in (rules.PURPOSE, limiting.ALL):
        limit = found[purpose]
        if not rules.leaves_room(limit, reminders=plan.reminders, every_days=every):
            named = {"most": limit.most, "days": limit.within_days}
            yield NoRoom("errors.asking.no_room", field="reminders", **named)
            return
    asked = [text for text in await texts.all_current() if (text.kind, text.purpose) == ("consent", rules.PURPOSE)]
    promised = max((int(text.data.get("purpose", {}).get("frequency_days", 0)) for text in asked), default=0)
    if every < promised:
        yield NoRoom("errors.asking.promised", field="remind_after_days", days=promised)
