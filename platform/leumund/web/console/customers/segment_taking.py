"""Take a segment along as a spreadsheet: for a reason to choose, with a fresh code, and noted."""

from functools import partial
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.kit import clock, language
from leumund.kit.faults import Refused
from leumund.segmenting import computing, taking
from leumund.segmenting.taking import Wanted
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web import forms
from leumund.web.console import confirming, entering, naming, taking_along
from leumund.web.console.customers import segments

_RIGHT = "segments.export"
# These cost money, and class C is spared them.
_PAID = ("post", "ads")


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
            reason, form = taking_along.reason(sent, among=segments.REASONS), taking_along.form(sent)
            wanted = Wanted(
                contacts=who.may("contacts.see"), paid=reason in _PAID, overruled=forms.ticked(sent, "with_c")
            )
            deed = partial(_taken, segment, who, wanted, reason)
            rows = await confirming.with_code(request, who, sent.get("code", ""), deed)
        except (Refused, WrongCode) as fault:
            return await segments.page(request, who, naming.known(segment), forms.refused(sent, fault, lang))
        names = taking.fields(contacts=wanted.contacts)
        head = [language.text(f"segments.file.{name}", lang) for name in names]
        lines = [[_cell(row[name]) for name in names] for row in rows]
        return taking_along.table(lines, head=head, form=form, name="segment", lang=lang)


async def _taken(segment: str, who: Member, wanted: Wanted, reason: str) -> list[dict[str, Any]]:
    at = clock.now()
    kept = await computing.freshen(segment=naming.known(segment), at=at)
    rows = await taking.take(kept=kept, wanted=wanted, at=at)
    detail = {"reason": reason, "people": len(rows)}
    await noting.note(actor=who.actor, action="segment.exported", subject=kept.id, detail=detail, at=at)
    return rows


def _cell(value: object) -> object:
    return "" if value is None else value
