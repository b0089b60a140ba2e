"""The log of who did what when, with names where there are any."""

import re
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get

from leumund.audit import listing
from leumund.audit.listing import Entry
from leumund.insight import tracing
from leumund.insight.tracing import Trace
from leumund.kit import language
from leumund.kit.language import MissingText
from leumund.staff import api_keys, members
from leumund.staff.members import Member
from leumund.web import paging, saying
from leumund.web.console import entering

_RIGHT = "audit.see"


class Line(NamedTuple):
    """An entry in words; ``place`` is the page of what it is about, where there is one."""

    entry: Entry
    who: str
    what: str
    about: str
    place: str
    detail: list[tuple[str, str]]


class AuditController(Controller):
    """``/console/audit``, page by page."""

    path = "/audit"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, lang = await entering.member(request, _RIGHT), entering.language(request)
        async with entering.reading(request):
            page = await listing.page(after=paging.after(request), limit=paging.ROWS)
            names = await _names()
            traces = await tracing.trace(subjects={entry.subject for entry in page.rows if entry.subject})
        lines = [_line(entry, names, traces, lang, who) for entry in page.rows]
        return await entering.page(
            request,
            who,
            "console_audit.html",
            lines=lines,
            ways=paging.onward(request, page),
            say=await saying.here(request),
        )


async def _names() -> dict[str, str]:
    """Names by id: of members and of keys, which the company gave them itself."""
    people = {str(each.id): each.name for each in await members.everybody()}
    return people | {str(each.id): each.name for each in await api_keys.every()}


def _line(entry: Entry, names: dict[str, str], traces: dict[UUID, Trace], lang: str, reader: Member) -> Line:
    trace = traces.get(entry.subject) if entry.subject else None
    return Line(
        entry=entry,
        who=_who(entry.actor, names, lang),
        what=_words(f"console.audit.action.{entry.action}", lang) or entry.action,
        about=_traced(trace, lang) if trace else _named(entry, names) or _matter_named(entry, lang),
        place=_place(trace, reader) if trace else _matter(entry),
        detail=[
            (label, _value(name, value, lang))
            for name, value in sorted(entry.detail.items())
            # Digests and numbers of mails are for those who check evidence, not for those who read along.
            if (label := _words(f"console.audit.detail.{name}", lang))
        ],
    )


def _place(trace: Trace, reader: Member) -> str:
    # Who may not open a page is not led to it.
    return f"/console/{trace.kind}s/{trace.id}" if reader.may(f"{trace.kind}s.see") else ""


def _named(entry: Entry, names: dict[str, str]) -> str:
    # Who did something to themselves is named once.
    return "" if entry.actor.endswith(f":{entry.subject}") else names.get(str(entry.subject), "")


def _matter(entry: Entry) -> str:
    """The page of an operator's request, whose answer and story stand there."""
    return f"/console/support/{entry.subject}" if entry.action.startswith("support.") else ""


def _matter_named(entry: Entry, lang: str) -> str:
    return language.text("console.audit.support", lang) if _matter(entry) else ""


def _traced(trace: Trace, lang: str) -> str:
    if not trace.name:
        return language.text(f"console.audit.{trace.kind}", lang)
    return language.text("console.audit.referral_of", lang, name=trace.name) if trace.kind == "referral" else trace.name


def _who(actor: str, names: dict[str, str], lang: str) -> str:
    kind, _, which = actor.partition(":")
    # Customers stay nameless here: an entry outlives the erasure of whom it is about.
    return names.get(which) or language.text(f"console.audit.actor.{kind}", lang)


def _value(name: str, value: object, lang: str) -> str:
    if name in ("role", "from", "to"):
        return _words(f"staff.role.{value}", lang) or str(value)
    if name == "changed" and isinstance(value, list):
        return ", ".join(dict.fromkeys(_part(str(change), lang) for change in value))
    if name in ("rooms", "shown"):
        return ", ".join(_words(f"console.support.{name}.{one}", lang) or one for one in _several(value))
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
