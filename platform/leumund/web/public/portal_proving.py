"""The page before what a read mailbox may not do: show a code, a passkey or a recovery code, and go on."""

from typing import Any

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.params import FromQuery

from leumund.customers.login import factors, proving, signing
from leumund.customers.login.proving import NotProven
from leumund.customers.login.visiting import Visit
from leumund.kit import clock
from leumund.web import answering, cookies, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import visitors


class PortalProofController(Controller):
    """``/portal/prove``; a right answer gives the session a new token and leads back to the page that asked."""

    path = visitors.PROOF
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any], back: FromQuery[str] = "") -> Response[str]:
        return await _page(request, await visitors.visit(request, going=True), back)

    @post("/question", status_code=200, media_type=MediaType.JSON)
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        """What the browser is asked to sign; a POST, since the session remembers the question."""
        visit = await visitors.visit(request, going=True)
        async with entering.inside(request):
            asked = await signing.ask(visit=visit, at=clock.now())
        return Response(asked, media_type=MediaType.JSON, headers=answering.NO_STORE)

    @post()
    async def prove(self, request: Request[Any, Any, Any]) -> Response[Any]:
        visit, sent = await visitors.visit(request, going=True), await forms.filled(request)
        answer, back = sent.get("passkey", ""), sent.get("back", "")
        async with entering.inside(request):
            token = (
                await proving.by_passkey(visit=visit, answer=answer, at=clock.now())
                if answer
                else await proving.by_code(visit=visit, code=sent.get("code", ""), at=clock.now())
            )
        if token is None:
            fault = NotProven(field="passkey" if answer else "code")
            return await _page(request, visit, back, forms.refused(sent, fault, await entering.language(request)))
        address = visitors.PAGES.get(back, visitors.PAGES["security"])
        return entering.redirect(request, address, cookies=[cookies.kept(visitors.NAME, token)])


async def _page(request: Request[Any, Any, Any], visit: Visit, back: str, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        held = await factors.of(customer=visit.customer)
    counting = {factor.kind for factor in held if factor.counts(clock.now())}
    return await answering.page(
        request,
        "portal_prove.html",
        path=visitors.PROOF,
        back=back if back in visitors.PAGES else "security",
        counting=counting,
        waits=bool(held),
        **tried.shown(),
    )
