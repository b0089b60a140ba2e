"""Codes that the company brings: pools by worth, how many are left, and files to fill them from."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.company import describing
from leumund.kit import clock, money, sums
from leumund.kit.faults import Refused
from leumund.payouts import counting, stocking, unpacking
from leumund.payouts.stocking import LeftOut, Stocked
from leumund.payouts.unpacking import Fault
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.money.payouts import HERE, PREPARE, SEE
from leumund.web.forms import UNTRIED, Tried

_HERE = f"{HERE}/vouchers"
_DONE = ("opened", "stocked")
# Of a file in which nothing is right, so many lines are told.
_MOST_LINES = 50
_EMPTY = {"name": "", "worth": "", "currency": "", "low_below": "20"}


class PayoutVoucherController(Controller):
    """``/console/payouts/vouchers`` and each pool below it."""

    path = "/payouts/vouchers"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @post()
    async def open(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, PREPARE), await forms.filled(request)
        currency = sent.get("currency", "")
        try:
            if currency not in money.known():
                raise stocking.NoWorth("errors.payouts.pool_worth", field="currency")
            cents = sums.cents(sent.get("worth", ""), currency=currency)
            async with entering.inside(request):
                await stocking.open_pool(
                    name=sent.get("name", ""),
                    currency=currency,
                    cents=cents or 0,
                    low_below=forms.whole(sent, "low_below"),
                    by=who.id,
                    at=clock.now(),
                )
        except Refused as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=opened")

    @post("/{pool:uuid}")
    async def stock(self, request: Request[Any, Any, Any], pool: FromPath[UUID]) -> Response[Any]:
        """A file of codes; whoever waits gets theirs at once. What of it was left out stands line by line beside it."""
        who, sent = await entering.member(request, PREPARE), await forms.sent(request)
        upload = sent.get("file")
        content = await upload.read() if isinstance(upload, UploadFile) else b""
        try:
            codes = unpacking.codes(content)
            async with entering.inside(request):
                stocked = await stocking.stock(pool=pool, codes=codes, by=who.id, at=clock.now())
        except Refused as fault:
            tried = forms.refused({"pool": str(pool)}, fault, entering.language(request))
            faults = fault.faults if isinstance(fault, unpacking.NotCodes) else ()
            return await _page(request, who, tried, lines=faults)
        if not stocked.left_out:
            return entering.redirect(request, f"{_HERE}?done=stocked")
        return await _page(request, who, Tried(sent={"pool": str(pool)}), lines=stocked.left_out, stocked=stocked)

    @post("/{pool:uuid}/invented")
    async def invent(self, request: Request[Any, Any, Any], pool: FromPath[UUID]) -> Redirect:
        """Codes to try things out with; another company than a test company has no such page."""
        who = await entering.member(request, PREPARE)
        async with entering.inside(request):
            await stocking.invent(pool=pool, by=who.id, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=stocked")


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    tried: Tried = UNTRIED,
    *,
    lines: Sequence[Fault | LeftOut] = (),
    stocked: Stocked | None = None,
) -> Response[str]:
    """Two questions: the worths of codes, and the company's currency."""
    say = await saying.here(request)
    async with entering.reading(request):
        worths = await counting.worths(at=clock.now())
        currency = (await describing.profile()).currency
    wanted = [each for each in worths if each.pool is None]
    first = {"worth": sums.text(wanted[0].cents, currency=wanted[0].currency, language=say.lang)} if wanted else {}
    return await entering.page(
        request,
        who,
        "console_payout_vouchers.html",
        say=say,
        pools=[each for each in worths if each.pool is not None],
        wanted=wanted,
        lines=lines[:_MOST_LINES],
        more=max(0, len(lines) - _MOST_LINES),
        stocked=stocked,
        **tried.shown(**_EMPTY | {"currency": wanted[0].currency if wanted else currency} | first),
    )
