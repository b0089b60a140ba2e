"""An occasion as a form: every step has fields of its own, and a button says what becomes of them."""

from collections.abc import Mapping, Sequence
from datetime import date

from leumund.kit.faults import Refusals
from leumund.occasions.checking import MOST_STEPS, Unfit
from leumund.occasions.defining import (
    CLASSES,
    REASONS,
    STEPS,
    TRIGGERS,
    WHO,
    Class,
    Definition,
    Reason,
    Said,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Who,
)
from leumund.surveys.asking.rules import GOALS, Goal
from leumund.web import forms
from leumund.web.saying import Saying

# What no field takes: where something else than a number was typed, it is kept as none and objected to.
NO_NUMBER = -999
_LONGEST_NUMBER = 4


def definition(sent: Mapping[str, str], languages: Sequence[str], say: Saying) -> Definition:
    """What the form says, however unfinished. Raises Refusals for days that are none."""
    told = {name: sent[name] for name in ("from_date", "until_date", "on_date") if sent.get(name)}
    days = {name: say.dated(text) for name, text in told.items()}
    if faults := [Unfit("errors.occasions.day", field=name) for name, day in days.items() if day is None]:
        raise Refusals(faults)
    goal: Goal = _one(sent, "goal", GOALS)
    return Definition(
        purpose=sent.get("purpose", ""),
        trigger=_trigger(sent, days.get("on_date")),
        steps=_changed(_steps(sent, languages), sent.get("deed", "")),
        segment=sent.get("segment", ""),
        hour=_number(sent, "hour"),
        control_percent=_number(sent, "control_percent"),
        goal=goal,
        from_date=days.get("from_date"),
        until_date=days.get("until_date"),
    )


def _trigger(sent: Mapping[str, str], on_date: date | None) -> Trigger:
    kind: TriggerKind = _one(sent, "trigger", TRIGGERS)
    answer: Class = _one(sent, "answer", CLASSES)
    return Trigger(
        kind=kind,
        days=_number(sent, "days"),
        category=sent.get("category", ""),
        answer=answer,
        month=_number(sent, "month"),
        day=_number(sent, "day"),
        on_date=on_date,
    )


def _steps(sent: Mapping[str, str], languages: Sequence[str]) -> list[Step]:
    steps: list[Step] = []
    while len(steps) <= MOST_STEPS and sent.get(f"step_{len(steps) + 1}_kind") in STEPS:
        steps.append(_step(sent, f"step_{len(steps) + 1}", languages))
    return steps


def _step(sent: Mapping[str, str], name: str, languages: Sequence[str]) -> Step:
    kind: StepKind = _one(sent, f"{name}_kind", STEPS)
    who: Who = _one(sent, f"{name}_who", WHO)
    reasons: list[Reason] = [each for each in REASONS if forms.ticked(sent, f"{name}_reason_{each}")]
    words = {
        each: Said(
            subject=sent.get(f"{name}_subject_{each}", ""),
            wording=sent.get(f"{name}_wording_{each}", ""),
        )
        for each in languages
    }
    return Step(
        kind=kind,
        days=_number(sent, f"{name}_days") if kind == "wait" else 0,
        words=words if kind == "mail" else {},
        note=sent.get(f"{name}_note", ""),
        who=who,
        reasons=reasons,
    )


def _changed(steps: list[Step], deed: str) -> list[Step]:
    """With a step more at the end, or one less, or one moved up: ``add.mail``, ``remove.2``, ``up.3``."""
    what, _, which = deed.partition(".")
    if what == "add":
        added = [Step(kind=kind, days=7 if kind == "wait" else 0) for kind in STEPS if kind == which]
        return [*steps, *added]
    place = forms.whole({"place": which}, "place") - 1
    if what == "remove" and 0 <= place < len(steps):
        return [*steps[:place], *steps[place + 1 :]]
    if what == "up" and 0 < place < len(steps):
        return [*steps[: place - 1], steps[place], steps[place - 1], *steps[place + 1 :]]
    return steps


def _one(sent: Mapping[str, str], name: str, among: Sequence[forms.Choice]) -> forms.Choice:
    """The one that was chosen; a form that was tampered with means the first."""
    return next((each for each in among if each == sent.get(name)), among[0])


def _number(sent: Mapping[str, str], name: str) -> int:
    text = sent.get(name, "").replace("−", "-")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        return NO_NUMBER
    return -int(digits) if text != digits else int(digits)
