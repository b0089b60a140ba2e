"""What an occasion is: when it comes, for whom, and in which steps; as it is kept and as it is published."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

import msgspec

from leumund.surveys.asking.rules import Goal

TriggerKind = Literal["birthday", "anniversary", "purchase", "answer", "date", "event"]
StepKind = Literal["mail", "wait", "card", "stop"]
Class = Literal["promoter", "passive", "detractor"]
# Whom a card is written to: all but class C where the company spares it, class A alone, or everybody.
Who = Literal["but_c", "only_a", "everybody"]
Reason = Literal["bought", "recommended", "answered", "withdrew", "left"]

TRIGGERS: tuple[TriggerKind, ...] = get_args(TriggerKind)
STEPS: tuple[StepKind, ...] = get_args(StepKind)
CLASSES: tuple[Class, ...] = get_args(Class)
WHO: tuple[Who, ...] = get_args(Who)
REASONS: tuple[Reason, ...] = get_args(Reason)
# They come every year; an event comes once, and the others follow something a person did.
YEARLY = frozenset({"birthday", "anniversary", "date"})
# Their day is known beforehand, so that they may begin before it.
FORESEEN = YEARLY | {"event"}


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """When it begins: ``days`` after the day, before it where they are below zero and the day is known beforehand.

    ``category`` is of what was bought, empty for anything; ``month`` and ``day`` are those of a date that comes every
    year, ``on_date`` is that of an event.
    """

    kind: TriggerKind
    days: int = 0
    category: str = ""
    answer: Class = "promoter"
    month: int = 12
    day: int = 24
    on_date: date | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail says in one language, in Liquid."""

    subject: str = ""
    wording: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: ``days`` to wait, the words of a mail by language, a card with its ``note``, or when to stop."""

    kind: StepKind
    days: int = 0
    words: dict[str, Said] = {}
    note: str = ""
    who: Who = "but_c"
    reasons: list[Reason] = []


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """An occasion; ``purpose`` is that of the consent nothing goes without, ``segment`` an id or empty for everybody.

    It begins for nobody before ``from_date`` or after ``until_date``. ``hour`` is by the company's clocks.
    """

    purpose: str
    trigger: Trigger
    steps: list[Step]
    segment: str = ""
    hour: int = 9
    control_percent: int = 0
    goal: Goal = "bought"
    from_date: date | None = None
    until_date: date | None = None

    @property
    def channels(self) -> list[str]:
        """Over which people are reached by it."""
        kinds = {step.kind for step in self.steps}
        return [channel for kind, channel in (("mail", "email"), ("card", "post")) if kind in kinds]

    def is_open_on(self, day: date) -> bool:
        """Whether it begins for anybody on ``day``."""
        return (self.from_date or day) <= day <= (self.until_date or day)


def read(kept: object) -> Definition:
    """What ``written`` wrote, as the database gives it back."""
    if isinstance(kept, str):
        return msgspec.json.decode(kept, type=Definition)
    return msgspec.convert(kept, Definition)


def written(definition: Definition) -> str:
    """As JSON."""
    return msgspec.json.encode(definition).decode()


def texts(kept: object) -> Mapping[int, Mapping[str, Any]]:
    """By place of the step and language, the id of the words of its mail."""
    found = msgspec.json.decode(kept) if isinstance(kept, str) else kept
    assert isinstance(found, dict), "written by publishing"
    return {int(place): by_language for place, by_language in found.items()}
