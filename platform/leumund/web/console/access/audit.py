"""The log of who did what when, with names where there are any."""

from functools import partial
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post

from leumund.audit import listing, noting, watching
from leumund.audit.listing import Entry, Sought
from leumund.insight import tracing
from leumund.kit import clock, language, spreadsheets
from leumund.kit.cursors import LONGEST_PAGE, Page
from leumund.staff import api_keys, members
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web import answering, forms, paging, saying
from leumund.web.console import confirming, entering, taking_along
from leumund.web.console.access import audit_lines, audit_search
from leumund.web.console.access.audit_search import FIELDS, KINDS, Asked, NotADay
from leumund.web.forms import UNTRIED, NotChosen, Tried
from leumund.web.saying import Saying

_RIGHT, _EXPORT = "audit.see", "audit.export"
_MOST_EXPORTED = 20_000
_HEAD = ("at", "who", "actor", "what", "action", "subject", "detail", "changes")


class AuditController(Controller):
    """``/console/audit``, page by page, and what was found in it as a file."""

    path = "/audit"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, Asked(*(paging.asked(request, name) for name in FIELDS)))

    @post("/export", status_code=200)
    async def export(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What was searched for, as a file, for a reason and with a fresh code; that is the log's next entry."""
        who, sent = await entering.member(request, _EXPORT), await forms.filled(request)
        asked, say = Asked(*(sent.get(name, "") for name in FIELDS)), await saying.here(request)
        try:
            reason = taking_along.reason(sent)
            taken = await confirming.with_code(
                request, who, sent.get("code", ""), partial(_taken, asked, who, reason, say)
            )
        except (NotADay, NotChosen, WrongCode) as fault:
            return await _page(request, who, asked, forms.refused(sent, fault, say.lang))
        head = [language.text(f"console.audit.file.{name}", say.lang) for name in _HEAD]
        content = spreadsheets.csv_of(head, taken, language=say.lang)
        return answering.file(content, name="audit.csv")


async def _page(request: Request[Any, Any, Any], who: Member, asked: Asked, tried: Tried = UNTRIED) -> Response[str]:
    """What was found; what is wrong with the form that takes it along stands beside its field."""
    say = await saying.here(request)
    # Where a form failed its address is no page, so no way leads on from it.
    failed = bool(tried.errors)
    async with entering.reading(request):
        names = await _names()
        try:
            wanted = await audit_search.sought(asked, say=say)
        except NotADay as fault:
            wrong = forms.refused(tried.sent, fault, say.lang)
            page, tried = Page[Entry]([], None), wrong._replace(errors={**wrong.errors, **tried.errors})
        else:
            page = await listing.find(sought=wanted, after=None if failed else paging.after(request))
        traces = await tracing.trace(subjects={entry.subject for entry in page.rows if entry.subject})
        watched = await watching.newest(at=clock.now())
    return await entering.page(
        request,
        who,
        "console_audit.html",
        lines=[audit_lines.line(entry, names, traces, say.lang, who) for entry in page.rows],
        ways={"first": None, "next": None} if failed else paging.onward(request, page),
        whose=_whose(names, say.lang),
        reasons=taking_along.reasons(say.lang),
        reason=tried.sent.get("reason", ""),
        watched=watched,
        say=say,
        **tried._replace(sent=asked.fields()).shown(),
    )


async def _taken(asked: Asked, who: Member, reason: str, say: Saying) -> list[list[object]]:
    """The lines of the file, and an entry that says who took them and why. Raises NotADay."""
    wanted = await audit_search.sought(asked, say=say)
    entries, names, detail = await _all(wanted), await _names(), {"reason": reason}
    await noting.note(
        actor=who.actor, action="audit.exported", detail=detail | {"entries": len(entries)}, at=clock.now()
    )
    return [_cells(entry, names, say.lang) for entry in entries]


async def _all(wanted: Sought) -> list[Entry]:
    """The newest that are wanted, as many as a file may have."""
    entries: list[Entry] = []
    page = await listing.find(sought=wanted, limit=LONGEST_PAGE)
    entries += page.rows
    while page.after is not None and len(entries) < _MOST_EXPORTED:
        page = await listing.find(sought=wanted, after=page.after, limit=LONGEST_PAGE)
        entries += page.rows
    return entries[:_MOST_EXPORTED]


def _cells(entry: Entry, names: dict[str, str], lang: str) -> list[object]:
    told = [msgspec.json.encode(part).decode() if part else "" for part in (entry.detail, entry.changes)]
    who, what = audit_lines.who(entry.actor, names, lang), audit_lines.what(entry, lang)
    return [entry.at.isoformat(), who, entry.actor, what, entry.action, entry.subject or "", *told]


def _whose(names: dict[str, str], lang: str) -> list[tuple[str, str]]:
    """Whose deeds one can look for: everybody's, a kind's, or those of one account."""
    kinds = [(kind, language.text(f"console.audit.kind.{kind}", lang)) for kind in KINDS]
    return [("", language.text("console.all", lang)), *kinds, *_accounts(names)]


def _accounts(names: dict[str, str]) -> list[tuple[str, str]]:
    return [(actor, name) for actor, name in names.items() if ":" in actor]


async def _names() -> dict[str, str]:
    """Names by id and by actor: of members and of keys, which the company gave them itself."""
    named = await members.names() | {f"key:{each.id}": each.name for each in await api_keys.every()}
    return named | {actor.partition(":")[2]: name for actor, name in named.items()}
