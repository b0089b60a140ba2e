"""An account of the advocate's own at Stripe, which rewards are transferred to: begun here, filled in there.

Whoever sits at a borrowed browser could have the money sent elsewhere, so each step takes a second factor.
"""

from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.payouts.stripe import connecting, keeping, recipients
from leumund.payouts.stripe.asking import Line
from leumund.payouts.stripe.recipients import NotNow
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.web import answering, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import pacing, visitors

_HERE = "/portal/stripe"
_DONE = ("asked",)


class PortalStripeController(Controller):
    """``/portal/stripe``; ``state`` asks Stripe how the account stands."""

    path = _HERE
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Two questions of its own: the company's account, and theirs."""
        await visitors.proven(request, back="stripe")
        return await _page(request, forms.done(request, _DONE))

    @post(status_code=200)
    async def begin(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The page that leads to Stripe is the answer itself: its link is good once, and for minutes."""
        visit = await visitors.proven(request, back="stripe")
        try:
            await pacing.count(request)
            back = _address(request)
            address = await recipients.begin(_line(request), customer=visit.customer, back=back, at=clock.now())
        except NotNow as fault:
            return await _page(request, forms.refused({}, fault, await entering.language(request)))
        if address == back:
            return await _page(request)
        return await answering.page(request, "portal_stripe_onward.html", path=_HERE, address=address)

    @post("/state")
    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        visit = await visitors.proven(request, back="stripe")
        await pacing.count(request)
        async with entering.inside(request):
            found = await recipients.of(customer=visit.customer)
        if found is not None and found.recipient is not None:
            await recipients.ask(_line(request), recipient=found.recipient, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=asked")


async def _page(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    visit = await visitors.visit(request)
    async with entering.reading(request):
        account = await keeping.current()
        found = await recipients.of(customer=visit.customer)
    state = found.state if found else "none"
    return await answering.page(
        request,
        "portal_stripe.html",
        path=_HERE,
        offered=account is not None or tenant_of(request.scope).is_twin,
        state="none" if state == "opening" else state,
        **tried.shown(),
    )


def _line(request: Request[Any, Any, Any]) -> Line:
    deployment, tenant = deployment_of(request.scope), tenant_of(request.scope)
    return Line(connecting.service(deployment.settings.stripe_url), lambda: deployment.scopes.inside(tenant))


def _address(request: Request[Any, Any, Any]) -> str:
    return deployment_of(request.scope).settings.origin(tenant_of(request.scope).host) + _HERE
