"""Check an occasion before it runs: all that is wrong with it, each fault with the field it stands in.

Fields are those of the console's form: ``days``, ``step_2_days``, ``step_1_subject_de``.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from leumund.kit.faults import Refusals, Refused
from leumund.messages.gate.quieting import Quiet
from leumund.messages.kinds import OF_THEIR_OWN
from leumund.messages.words import linting
from leumund.messages.words.letters import Words
from leumund.occasions import resting
from leumund.occasions.defining import FORESEEN, Definition, Said, Step, Trigger

KIND = "occasion"
MOST_STEPS, MOST_DAYS, MOST_BEFORE_DAYS, MOST_CONTROL_PERCENT = 20, 365, 30, 50
LONGEST_NOTE = 1_000
_CATEGORY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LEAP_YEAR, _HOURS = 2028, 24


class Unfit(Refused):
    """An occasion that cannot run as it stands."""


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What there is at the company: its languages, its quiet hours, what it asks consents for on which channels, its
    segments, and values for words."""

    languages: Sequence[str]
    nights: Quiet
    purposes: Mapping[str, Collection[str]]
    segments: Collection[str]
    values: Mapping[str, Mapping[str, str]]


def require_fit(definition: Definition, around: Around) -> None:
    """Nothing, when it can run. Raises Refusals."""
    if faults := [*objections(definition, around)]:
        raise Refusals(faults)


def objections(definition: Definition, around: Around) -> Iterator[Refused]:
    """All that stands against it, in the order of the form."""
    yield from _of_whom(definition, around)
    yield from _of_trigger(definition.trigger)
    if not 0 <= definition.hour < _HOURS or not resting.is_open(definition.hour, around.nights):
        night = around.nights
        yield Unfit("errors.occasions.hour", field="hour", quiet_from=night.from_hour, quiet_until=night.until_hour)
    if not 0 <= definition.control_percent <= MOST_CONTROL_PERCENT:
        yield Unfit("errors.occasions.control", field="control_percent", most=MOST_CONTROL_PERCENT)
    if definition.from_date and definition.until_date and definition.until_date < definition.from_date:
        yield Unfit("errors.occasions.until", field="until_date")
    yield from _of_steps(definition, around)


def _of_whom(definition: Definition, around: Around) -> Iterator[Refused]:
    if definition.purpose not in around.purposes or definition.purpose in OF_THEIR_OWN:
        yield Unfit("errors.occasions.purpose", field="purpose")
    else:
        asked = around.purposes[definition.purpose]
        for channel in definition.channels:
            if channel not in asked:
                yield Unfit(f"errors.occasions.not_by_{channel}", field="purpose")
    if definition.segment and definition.segment not in around.segments:
        yield Unfit("errors.occasions.segment", field="segment")
    # Nobody unhappy is asked to recommend.
    unhappy = (definition.trigger.kind, definition.trigger.answer) == ("answer", "detractor")
    if unhappy and definition.purpose == "recommendation":
        yield Unfit("errors.occasions.detractor", field="purpose")


def _of_trigger(trigger: Trigger) -> Iterator[Refused]:
    foreseen = trigger.kind in FORESEEN
    if not (-MOST_BEFORE_DAYS if foreseen else 1) <= trigger.days <= MOST_DAYS:
        fault = "errors.occasions.days_around" if foreseen else "errors.occasions.days"
        yield Unfit(fault, field="days", most=MOST_DAYS, before=MOST_BEFORE_DAYS)
    if trigger.kind == "purchase" and trigger.category and not _CATEGORY.fullmatch(trigger.category):
        yield Unfit("errors.occasions.category", field="category")
    if trigger.kind == "date" and not _is_day(trigger.month, trigger.day):
        yield Unfit("errors.occasions.date", field="day")
    if trigger.kind == "event" and trigger.on_date is None:
        yield Unfit("errors.occasions.event", field="on_date")


def _is_day(month: int, day: int) -> bool:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def _of_steps(definition: Definition, around: Around) -> Iterator[Refused]:
    steps = definition.steps
    if not definition.channels:
        yield Unfit("errors.occasions.nothing", field="steps")
    if len(steps) > MOST_STEPS:
        yield Unfit("errors.occasions.too_many", field="steps", most=MOST_STEPS)
        return
    for place, step in enumerate(steps, 1):
        yield from _of_step(step, f"step_{place}", around)


def _of_step(step: Step, name: str, around: Around) -> Iterator[Refused]:
    if step.kind == "wait" and not 1 <= step.days <= MOST_DAYS:
        yield Unfit("errors.occasions.wait", field=f"{name}_days", most=MOST_DAYS)
    if step.kind == "card" and not 0 < len(step.note.strip()) <= LONGEST_NOTE:
        yield Unfit("errors.occasions.note", field=f"{name}_note", longest=LONGEST_NOTE)
    if step.kind == "stop" and not step.reasons:
        yield Unfit("errors.occasions.reasons", field=f"{name}_reasons")
    if step.kind == "mail":
        for language in around.languages:
            yield from _of_words(step.words.get(language, Said()), name, language, around.values[language])


def _of_words(said: Said, name: str, language: str, values: Mapping[str, str]) -> Iterator[Refused]:
    try:
        linting.require_fit(kind=KIND, words=Words(None, said.subject, said.wording), values=values)
    except Refusals as found:
        for fault in found.faults:
            yield Unfit(fault.key, field=f"{name}_{fault.field}_{language}", **fault.values)
