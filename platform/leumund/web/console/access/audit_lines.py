"""Entries of the log in words: who, what, about whom, and what changed, with the page of it where there is one."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from leumund.audit.listing import Entry
from leumund.insight.tracing import Trace
from leumund.kit import language
from leumund.kit.language import MissingText
from leumund.staff.members import Member

_PAGES = {"support": "support", "breach": "breaches", "rights": "cases", "segment": "segments", "care": "care"}


class Line(NamedTuple):
    """An entry in words; ``place`` is the page of what it is about, where there is one."""

    entry: Entry
    who: str
    what: str
    about: str
    place: str
    detail: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]


def line(entry: Entry, names: Mapping[str, str], traces: Mapping[UUID, Trace], lang: str, reader: Member) -> Line:
    """``entry`` as ``reader`` sees it: ``names`` by id and actor, ``traces`` by what entries are about."""
    trace = traces.get(entry.subject) if entry.subject else None
    return Line(
        entry=entry,
        who=who(entry.actor, names, lang),
        what=what(entry, lang),
        about=_traced(trace, lang) if trace else _named(entry, names) or _matter_named(entry, lang),
        place=_place(trace, reader) if trace else _matter(entry),
        detail=[
            (label, _value(name, value, lang))
            for name, value in sorted(entry.detail.items())
            # Digests and numbers of mails are for those who check evidence, not for those who read along.
            if (label := _words(f"console.audit.detail.{name}", lang))
        ],
        changes=[_change(name, both, lang) for name, both in sorted(entry.changes.items())],
    )


def what(entry: Entry, lang: str) -> str:
    """What was done, in a sentence."""
    return _words(f"console.audit.action.{entry.action}", lang) or entry.action


def _change(name: str, both: list[Any], lang: str) -> tuple[str, str, str]:
    old, new = (_value(name, value, lang) or "–" for value in both)
    return _words(f"console.audit.field.{name}", lang) or name, old, new


def _place(trace: Trace, reader: Member) -> str:
    # Who may not open a page is not led to it.
    return f"/console/{trace.kind}s/{trace.id}" if reader.may(f"{trace.kind}s.see") else ""


def _named(entry: Entry, names: Mapping[str, str]) -> str:
    # Who did something to themselves is named once.
    return "" if entry.actor.endswith(f":{entry.subject}") else names.get(str(entry.subject), "")


def _matter(entry: Entry) -> str:
    """The page of what has one for itself, such as an operator's request, whose answer and story stand there."""
    page = _PAGES.get(entry.action.partition(".")[0])
    return f"/console/{page}/{entry.subject}" if page and entry.subject else ""


def _matter_named(entry: Entry, lang: str) -> str:
    return language.text(f"console.audit.{entry.action.partition('.')[0]}", lang) if _matter(entry) else ""


def _traced(trace: Trace, lang: str) -> str:
    if not trace.name:
        return language.text(f"console.audit.{trace.kind}", lang)
    return language.text("console.audit.referral_of", lang, name=trace.name) if trace.kind == "referral" else trace.name


def who(actor: str, names: Mapping[str, str], lang: str) -> str:
    """Whoever did it, by name where they have one here."""
    kind, _, which = actor.partition(":")
    # Customers stay nameless here: an entry outlives the erasure of whom it is about.
    return names.get(which) or language.text(f"console.audit.actor.{kind}", lang)


def _value(name: str, value: object, lang: str) -> str:
    if name in ("role", "from", "to"):
        return _words(f"staff.role.{value}", lang) or str(value)
    if name == "reason":
        return _words(f"console.audit.reason.{value}", lang) or str(value)
    if name == "step":
        return _words(f"breaches.step.{value}", lang) or str(value)
    if name == "changed" and isinstance(value, list):
        return ", ".join(dict.fromkeys(_part(str(change), lang) for change in value))
    if name in ("rooms", "shown"):
        return ", ".join(_words(f"console.support.{name}.{one}", lang) or one for one in _several(value))
    if name == "categories":
        return ", ".join(_words(f"studio.category.{one}", lang) or one for one in _several(value))
    if value is None:
        return ""
    return ", ".join(_several(value))


def _several(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _part(change: str, lang: str) -> str:
    """The part of a company's folder that a change such as ``text terms.de`` is of; which file, operators are told."""
    part = re.split(r"\W", change, maxsplit=1)[0]
    return _words(f"console.audit.part.{part}", lang) or change


def _words(key: str, lang: str) -> str | None:
    try:
        return language.text(key, lang)
    except MissingText:
        # A deed younger than its sentence is still shown, by its own name.
        return None
