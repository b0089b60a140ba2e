"""Next steps with a customer in words, each with a way to where it is done for whoever may do it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from leumund.insight.rules import Key, Step
from leumund.kit import language
from leumund.staff.members import Member
from leumund.web.saying import Saying

# Who may do it, and where; ``{}`` is what the step is about.
_WHERE: Mapping[Key, tuple[str, str]] = {
    "answer": ("care.work", "/console/care/{}"),
    "settle": ("care.work", "/console/care/{}"),
    "review": ("referrals.decide", "/console/referrals/{}"),
    "slipped": ("contacts.see", "#data-title"),
    "invite": ("occasions.manage", "/console/occasions"),
    "encourage": ("occasions.manage", "/console/occasions"),
    "ask": ("surveys.invite", "/console/surveys/waves/new"),
}


class Suggestion(NamedTuple):
    """One step: what to do, why, and where; ``way`` is None for whoever may not do it."""

    title: str
    why: str
    way: str | None
    label: str


def said(steps: Sequence[Step], say: Saying, who: Member) -> list[Suggestion]:
    """The steps in the reader's language."""
    return [_said(step, say, who) for step in steps]


def _said(step: Step, say: Saying, who: Member) -> Suggestion:
    right, where = _WHERE[step.key]
    return Suggestion(
        title=language.text(f"console.next.{step.key}", say.lang),
        why=_why(step, say),
        way=where.format(step.subject) if who.may(right) else None,
        label=language.text(f"console.next.{step.key}.go", say.lang),
    )


def _why(step: Step, say: Saying) -> str:
    key, facts = f"console.next.{step.key}.why", {name: _fact(value, say) for name, value in step.facts.items()}
    if step.key == "answer":
        key += ".late" if step.facts["late"] else ".due"
    elif step.key == "invite" and step.facts["score"] is None:
        key += ".satisfied"
    return language.text(key, say.lang, **facts)


def _fact(value: object, say: Saying) -> object:
    if isinstance(value, date):
        return say.day(value)
    if isinstance(value, list):
        return ", ".join(language.text(f"console.channel.{each}", say.lang) for each in value)
    return value
