"""One file of purchases: how far it is, what became of it, and the rows that were refused."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.kit import clock
from leumund.privacy import register
from leumund.rewards.purchases import canceling, listing, refusals
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.money import purchases
from leumund.web.console.money.purchases import HERE, MOST_SHOWN, RIGHT
from leumund.web.forms import UNTRIED, Tried


class PurchaseImportController(Controller):
    """``/console/purchases/{brought}``."""

    path = "/purchases/{brought:uuid}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], brought: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, RIGHT)
        return await _page(request, who, brought)

    @post("/cancellation")
    async def cancel(self, request: Request[Any, Any, Any], brought: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, RIGHT)
        try:
            async with entering.inside(request):
                await canceling.cancel(purchase_import=brought, by=who.id, at=clock.now())
        except canceling.Begun as fault:
            return await _page(request, who, brought, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{brought}")

    @post("/refused", status_code=200)
    async def take_along(self, request: Request[Any, Any, Any], brought: FromPath[UUID]) -> Response[str]:
        """The refused rows as they were brought, with the reasons; that they were taken along is noted."""
        who = await entering.member(request, RIGHT)
        async with entering.inside(request):
            await listing.one(purchase_import=brought)
            rows = await refusals.listed(of=brought)
            detail = {"rows": len(rows)}
            await noting.note(
                actor=who.actor, action="purchases.refusals_taken", subject=brought, detail=detail, at=clock.now()
            )
        return purchases.refused_file(rows, entering.language(request))


async def _page(request: Request[Any, Any, Any], who: Member, brought: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """Two questions: the import, and the first refused rows. Raises ImportUnknown."""
    say = await saying.here(request)
    async with entering.reading(request):
        found = await listing.one(purchase_import=brought)
        refused = await refusals.listed(of=brought, most=MOST_SHOWN)
    return await entering.page(
        request,
        who,
        "console_purchase_import.html",
        say=say,
        found=found,
        refused=[purchases.told(each, say.lang) for each in refused],
        days=register.period("brought_purchases").days,
        **tried.shown(),
    )
