"""Payouts: what is due by which way, the batches there are, and a new one."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.payouts import batching, collecting, counting, listing, rules, setting
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried

SEE, PREPARE, APPROVE, MANAGE = "payouts.see", "payouts.prepare", "payouts.approve", "payouts.manage"
HERE = "/console/payouts"
_DONE = ("discarded",)


class PayoutController(Controller):
    """``/console/payouts``; a POST gathers what is due into a batch."""

    path = "/payouts"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @post()
    async def draft(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, PREPARE), await forms.filled(request)
        way, currency = sent.get("way", ""), sent.get("currency", "")
        try:
            async with entering.inside(request):
                batch = await batching.draft(way=way, currency=currency, by=who.id, at=clock.now())
        except Refused as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{batch}?done=drafted")


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Seven questions for each way and currency in which anything waits, and four beside them."""
    say, at = await saying.here(request), clock.now()
    async with entering.reading(request):
        due = await collecting.everything(at=at)
        page = await listing.batches(after=paging.after(request), limit=paging.ROWS)
        said = await setting.read()
        low = await counting.low(at=at)
    return await entering.page(
        request,
        who,
        "console_payouts.html",
        say=say,
        due=due,
        batches=page.rows,
        ways=paging.onward(request, page),
        said=said,
        lacks_account=not said.iban and any(each.way == "sepa" for each in due),
        low=low,
        points=rules.POINTS,
        **tried.shown(),
    )
