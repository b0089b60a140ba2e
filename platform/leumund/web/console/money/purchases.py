"""Bring purchases in from a file: look at it first, choose what its columns mean, and only then have it taken."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import anyio
from litestar import Controller, Request, Response, get, post

from leumund.company import agreeing
from leumund.customers.intake.columns import NoSuchColumn
from leumund.kit import clock, language, spreadsheets
from leumund.kit.faults import Refusals, Refused
from leumund.rewards.purchases import checking, keeping, listing, unfolding
from leumund.rewards.purchases.checking import Checked
from leumund.rewards.purchases.refusals import Reason, Refusal
from leumund.rewards.purchases.unfolding import FIELDS, Line
from leumund.staff.members import Member
from leumund.web import answering, forms, saying
from leumund.web.console import bringing, carrying, entering
from leumund.web.console.bringing import Brought
from leumund.web.forms import UNTRIED, Tried

HERE = "/console/purchases"
RIGHT = "purchases.import"
MOST_SHOWN = 50
_FIRST_ROWS = 4


class Seen(NamedTuple):
    """What stands in a file: its headers, its first rows, which column means which field, and its lines so read."""

    headers: list[str]
    first: list[list[str]]
    mapping: dict[str, str]
    lines: list[Line] | NoSuchColumn | Refusals


class PurchaseController(Controller):
    """``/console/purchases``; its ``check`` and ``report`` read the file and keep nothing."""

    path = "/purchases"

    @get()
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request, await entering.member(request, RIGHT))

    @get("/template.csv")
    async def template(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The headers of all columns there can be; nothing below them that could be taken by mistake."""
        await entering.member(request, RIGHT)
        lang = entering.language(request)
        name = language.text("console.purchases.template_name", lang)
        return answering.file(spreadsheets.csv_of(headers(lang), (), language=lang), name=f"{name}.csv")

    @post("/check", status_code=200)
    async def check(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, RIGHT)
        try:
            brought, seen, checked = await _checked(request, who)
        except Refused as fault:
            return await _form(request, who, forms.refused({}, fault, entering.language(request)))
        return await _check(request, who, brought, seen, checked)

    @post("/report", status_code=200)
    async def report(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Every row that would be refused, as CSV; the check is run again, since the last one was not kept either."""
        who = await entering.member(request, RIGHT)
        try:
            _, _, checked = await _checked(request, who)
        except Refused as fault:
            return await _form(request, who, forms.refused({}, fault, entering.language(request)))
        return refused_file(checked.refused if checked else [], entering.language(request))

    @post()
    async def take(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who = await entering.member(request, RIGHT)
        try:
            brought = await bringing.brought(request, who)
            async with bringing.ONE_AT_A_TIME:
                seen = await _look(brought)
                if isinstance(seen.lines, Exception):
                    return await _check(request, who, brought, seen, None)
                async with entering.inside(request):
                    kept = await keeping.keep(lines=seen.lines, by=who.id, at=clock.now())
        except Refused as fault:
            return await _form(request, who, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{kept}")


def headers(lang: str) -> Sequence[str]:
    """The fields as a file of ours calls its columns, by which they are known when it is brought back."""
    return [language.text(f"console.purchases.field.{field}", lang) for field in FIELDS]


def told(refusal: Refusal, lang: str) -> Mapping[str, Any]:
    """The number of a refused row, and each reason with its field, as people read them."""
    return {"number": refusal.number, "reasons": [_said(reason, lang) for reason in refusal.reasons]}


def refused_file(refusals: Sequence[Refusal], lang: str) -> Response[str]:
    """Refused rows with the reasons behind their cells, to be mended and brought again as they are."""
    ends = [language.text(f"console.purchases.report.{name}", lang) for name in ("number", "reason")]
    rows = ([*each.line.cells, str(each.number), _reason(each, lang)] for each in refusals)
    name = language.text("console.purchases.report_name", lang)
    return answering.file(spreadsheets.csv_of([*headers(lang), *ends], rows, language=lang), name=f"{name}.csv")


def _reason(refusal: Refusal, lang: str) -> str:
    return " ".join(f"{said['field']}: {said['reason']}" for said in (_said(one, lang) for one in refusal.reasons))


def _said(reason: Reason, lang: str) -> Mapping[str, str]:
    return {
        "field": language.text(f"console.purchases.field.{reason.field}", lang),
        "reason": language.text(reason.key, lang, **reason.values),
    }


async def _form(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Two questions: whether the company has agreed, and the last files."""
    say = await saying.here(request)
    async with entering.reading(request):
        agreed, imports = await agreeing.has_agreed(), await listing.newest()
    return await entering.page(
        request,
        who,
        "console_purchases.html",
        say=say,
        agreed=agreed,
        imports=imports,
        fields=FIELDS,
        most_megabytes=carrying.MOST_BYTES // 1_000_000,
        **tried.shown(),
    )


async def _check(
    request: Request[Any, Any, Any], who: Member, brought: Brought, seen: Seen, checked: Checked | None
) -> Response[str]:
    say = await saying.here(request)
    unmapped = seen.lines if isinstance(seen.lines, Exception) else None
    return await entering.page(
        request,
        who,
        "console_purchases_check.html",
        say=say,
        seen=seen,
        fields=FIELDS,
        checked=checked,
        refused=[told(each, say.lang) for each in checked.refused[:MOST_SHOWN]] if checked else [],
        sealed=brought.sealed,
        **(forms.refused({}, unmapped, say.lang) if unmapped else UNTRIED).shown(),
    )


async def _checked(request: Request[Any, Any, Any], who: Member) -> tuple[Brought, Seen, Checked | None]:
    """The file, what stands in it, and what would become of it; None where its columns are not known yet.

    Raises NotCarried, TooLarge, NotReadable.
    """
    brought = await bringing.brought(request, who)
    async with bringing.ONE_AT_A_TIME:
        seen = await _look(brought)
        if isinstance(seen.lines, Exception):
            return brought, seen, None
        async with entering.reading(request):
            here = await keeping.here(at=clock.now())
            return brought, seen, await checking.check(lines=seen.lines, here=here)


async def _look(brought: Brought) -> Seen:
    """What stands in the file, read beside the event loop. Raises NotReadable."""
    return await anyio.to_thread.run_sync(_read, brought.content, brought.mapping)


def _read(content: bytes, mapping: Mapping[str, str]) -> Seen:
    heads, first = unfolding.glimpse(content, rows=_FIRST_ROWS)
    wished = {field: mapping[field] for field in FIELDS if field in mapping} or unfolding.guess(heads)
    whole = {field: wished.get(field, "") for field in FIELDS}
    try:
        return Seen(heads, first, whole, list(unfolding.lines(content, mapping=whole)))
    except (NoSuchColumn, Refusals) as fault:
        return Seen(heads, first, whole, fault)
