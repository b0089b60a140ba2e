"""Take a segment along as a spreadsheet: for a reason to choose, with a fresh code, and noted."""

from functools import partial
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.kit import clock, language, spreadsheets, workbooks
from leumund.kit.faults import Refused
from leumund.segmenting import computing, taking
from leumund.segmenting.taking import Wanted
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web import answering, forms
from leumund.web.console import confirming, entering, naming, segments

_RIGHT = "segments.export"
# What for, out of a few: the log outlives people. The first two cost money, and class C is spared them.
REASONS = ("post", "ads", "messages", "review")
_PAID = REASONS[:2]
FORMATS = ("xlsx", "csv")


class SegmentTakingController(Controller):
    """``/console/segments/<segment>/export``."""

    path = "/segments/{segment:str}/export"
    request_max_body_size = forms.MOST_BODY_BYTES

    @post(status_code=200)
    async def take(self, request: Request[Any, Any, Any], segment: FromPath[str]) -> Response[Any]:
        """Who is in it by now; who reads contacts nowhere else finds none in the file either."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        lang = entering.language(request)
        try:
            reason = forms.chosen(sent, "reason", REASONS, fault="errors.audit.reason")
            kind = forms.chosen(sent, "format", FORMATS, fault="errors.segments.format")
            wanted = Wanted(
                contacts=who.may("contacts.see"), paid=reason in _PAID, overruled=forms.ticked(sent, "with_c")
            )
            deed = partial(_taken, segment, who, wanted, reason)
            rows = await confirming.with_code(request, who, sent.get("code", ""), deed)
        except (Refused, WrongCode) as fault:
            return await segments.page(request, who, naming.known(segment), forms.refused(sent, fault, lang))
        names = taking.fields(contacts=wanted.contacts)
        head = [language.text(f"segments.file.{name}", lang) for name in names]
        return _file(kind, head, [[_cell(row[name]) for name in names] for row in rows], lang)


def reasons(lang: str) -> list[tuple[str, str]]:
    """What the form offers; nothing is chosen beforehand."""
    return [(each, language.text(f"console.audit.reason.{each or 'choose'}", lang)) for each in ("", *REASONS)]


async def _taken(segment: str, who: Member, wanted: Wanted, reason: str) -> list[dict[str, Any]]:
    at = clock.now()
    kept = await computing.freshen(segment=naming.known(segment), at=at)
    rows = await taking.take(kept=kept, wanted=wanted, at=at)
    detail = {"reason": reason, "people": len(rows)}
    await noting.note(actor=who.actor, action="segment.exported", subject=kept.id, detail=detail, at=at)
    return rows


def _cell(value: object) -> object:
    return "" if value is None else value


def _file(kind: str, head: list[str], rows: list[list[object]], lang: str) -> Response[Any]:
    if kind == "xlsx":
        return answering.file(workbooks.xlsx_of(head, rows), name="segment.xlsx")
    return answering.file(spreadsheets.csv_of(head, rows, language=lang), name="segment.csv")
