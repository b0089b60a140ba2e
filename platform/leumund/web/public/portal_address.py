"""Another e-mail address: asked for after a second factor, proven in the new mailbox, and told to the old one."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.customers.changing.readdressing import AddressTaken
from leumund.customers.login.factors import NeedsProof
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.messages.accompanying import readdressing
from leumund.web import answering, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import pacing, visitors


class PortalAddressController(Controller):
    """``/portal/data/address``: the form, which answers alike whether somebody has the address or not."""

    path = "/portal/data/address"
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        await visitors.proven(request, back="address")
        return await _form(request)

    @post(status_code=200)
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, sent = await visitors.proven(request, back="address"), await forms.filled(request)
        lang = await entering.language(request)
        try:
            await pacing.count(request)
            async with pacing.evened(), entering.inside(request):
                await readdressing.ask(visit=visit, email=sent.get("email", ""), language=lang, at=clock.now())
        except NeedsProof:
            raise visitors.SecondFactorNeeded("address") from None
        except Refused as fault:
            return forms.timed(await _form(request, forms.refused(sent, fault, lang)), fault)
        return await answering.page(request, "portal_address_sent.html", path="/portal/data", email=sent["email"])


class AddressController(Controller):
    """``/address/<token>`` in the new mailbox; only its button changes anything."""

    path = "/address/{token:str}"

    @get()
    async def show(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            email = await readdressing.waiting(token=token, at=clock.now())
        return await _confirmation(request, email=email)

    @post(status_code=200)
    async def confirm(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang = await entering.language(request)
        try:
            async with entering.inside(request):
                await readdressing.confirm(token=token, language=lang, at=clock.now())
        except AddressTaken as fault:
            return await _confirmation(request, forms.refused({}, fault, lang), email="")
        return await _confirmation(request, email="")


async def _form(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    return await answering.page(request, "portal_address.html", path="/portal/data/address", **tried.shown(email=""))


async def _confirmation(request: Request[Any, Any, Any], tried: Tried = UNTRIED, *, email: str) -> Response[str]:
    """Before its button with ``email``, and after it without."""
    return await answering.page(request, "address.html", action=request.url.path, email=email, **tried.shown())
