"""``/console/ledger/export``: the books for accountants, for a reason and with a fresh code; how those keep them."""

import io
import zipfile
from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.audit import noting
from leumund.insight import tabling
from leumund.insight.tabling import Period
from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.ledger import balancing, batching, charting, closing
from leumund.ledger.stacking import File, Wanted
from leumund.staff import members
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web import answering, forms, saying
from leumund.web.console import confirming, entering, taking_along
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_RIGHT = "ledger.export"
_HERE = "/console/ledger/export"
REASONS = ("accounting", "audit", "review")
_DATEV = "datev"
_WHAT = (_DATEV, *tabling.TABLES)
_POINTS = "PTS"


class LedgerTakingController(Controller):
    """What can be taken along, what was, and which accounts are which."""

    path = "/ledger/export"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, forms.done(request, ("charted",)))

    @post("/chart", status_code=200)
    async def chart(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """Keep whose books these are and which account each kind is."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        try:
            async with entering.inside(request):
                currencies = await _currencies()
                await charting.chart(sent=sent, currencies=currencies, actor=who.actor, at=clock.now())
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=charted")

    @post(status_code=200)
    async def take(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent, say = await entering.member(request, _RIGHT), await forms.filled(request), await saying.here(request)
        try:
            what = forms.chosen(sent, "what", _WHAT, fault="errors.ledger.what")
            reason = taking_along.reason(sent, among=REASONS)
            form = "" if what == _DATEV else taking_along.form(sent)
            deed = partial(_taken, who, what, sent, reason, say)
            taken = await confirming.with_code(request, who, sent.get("code", ""), deed)
        except (Refused, Refusals, WrongCode) as fault:
            return await _page(request, who, forms.refused(sent, fault, say.lang))
        if what == _DATEV:
            return _files(taken)
        head = [language.text(f"ledger.file.{name}", say.lang) for name in tabling.HEADS[what]]
        return taking_along.table(taken, head=head, form=form, name=what, lang=say.lang)


async def _taken(who: Member, what: str, sent: dict[str, str], reason: str, say: Saying) -> Any:
    first, last = (say.dated(sent.get(name, "")) for name in ("from", "until"))
    first, last = await batching.check_closed(first=first, last=last, zone=say.zone)
    if what == _DATEV:
        currency = forms.chosen(sent, "currency", await _currencies(), fault="errors.ledger.currency")
        fixed, again = (forms.ticked(sent, name) for name in ("fixed", "again"))
        wanted = Wanted(currency, first, last, say.zone, fixed, again)
        return await batching.take(wanted=wanted, by=who.id, reason=reason, at=clock.now())
    rows = await tabling.table(name=what, period=Period(first, last, say.zone, say.lang))
    detail = {"reason": reason, "table": what, "rows": len(rows)}
    await noting.note(actor=who.actor, action="ledger.tabled", detail=detail, at=clock.now())
    return rows


def _files(files: Sequence[File]) -> Response[Any]:
    """One file as it is, several in one that holds them."""
    if len(files) == 1:
        return answering.file(files[0].content, name=files[0].name)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            archive.writestr(each.name, each.content)
    return answering.file(held.getvalue(), name=f"{files[0].name[:-7]}.zip")


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Five queries and the members' names."""
    say = await saying.here(request)
    async with entering.reading(request):
        setup, currencies = await charting.setup(), await _currencies()
        batches, names = await batching.listed(), await members.names()
        closed = await closing.closed()
    practice = setup.practice
    before = {
        **dict.fromkeys(("consultant", "client", "what", "from", "until", "currency", "form", "reason"), ""),
        "account_digits": "4",
        "year_begins": "1",
        **({name: str(getattr(practice, name)) for name in practice.__struct_fields__} if practice else {}),
        **{charting.field(*of): account for of, account in setup.accounts.items()},
    }
    return await entering.page(
        request,
        who,
        "console_ledger_export.html",
        say=say,
        currencies=currencies,
        kinds=charting.KINDS,
        batches=[(each, names.get(f"staff:{each.made_by}", "")) for each in batches],
        whats=[(each, language.text(f"ledger.what.{each or 'choose'}", say.lang)) for each in ("", *_WHAT)],
        reasons=taking_along.reasons(say.lang, among=REASONS),
        forms=taking_along.FORMS,
        closed=closed,
        months=[(str(number), say.month(number)) for number in range(1, 13)],
        ready=practice is not None,
        **tried.shown(**before),
    )


async def _currencies() -> list[str]:
    """Those money was booked in; points are none."""
    return sorted({flow.currency for flow in await balancing.flows()} - {_POINTS})
