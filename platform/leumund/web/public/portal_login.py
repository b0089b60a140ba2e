"""Into the portal without a password: a link by mail, a button behind it, and out again."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.customers.login import visiting
from leumund.customers.notation import normalising
from leumund.kit import clock, tokens
from leumund.kit.faults import Refused
from leumund.messages import kinds
from leumund.rewards import asking
from leumund.web import answering, cookies, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import pacing, visitors

PURPOSE = kinds.signed_for("portal_login")


class PortalLoginController(Controller):
    """``/portal/login``, ``/portal/enter/<token>`` and ``/portal/logout``."""

    path = "/portal"

    @get("/login")
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request)

    @post("/login", status_code=200)
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The same page for everybody, whether we know the address or not."""
        lang, sent = await entering.language(request), await forms.filled(request)
        try:
            email = normalising.email(sent.get("email", ""))
            await pacing.count(request)
        except Refused as fault:
            return forms.timed(await _form(request, forms.refused(sent, fault, lang)), fault)
        async with pacing.evened(), entering.inside(request):
            await asking.ask_for_login(email=email, language=lang, at=clock.now())
        return await answering.page(request, "portal_sent.html")

    @get("/enter/{token:str}")
    async def ask_to_enter(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            tokens.read(PURPOSE, token)
        return await answering.page(request, "portal_enter.html", action=request.url.path)

    @post("/enter/{token:str}")
    async def enter(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Redirect:
        async with entering.inside(request):
            session = await visiting.enter(login=tokens.read(PURPOSE, token), at=clock.now())
        return entering.redirect(request, "/portal", cookies=[cookies.kept(visitors.NAME, session)])

    @post("/logout")
    async def leave(self, request: Request[Any, Any, Any]) -> Redirect:
        async with entering.inside(request):
            await visiting.leave(token=visitors.token_of(request), at=clock.now())
        return entering.redirect(request, "/portal/login", cookies=[cookies.ended(visitors.NAME)])


async def _form(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    return await answering.page(request, "portal_login.html", action="/portal/login", **tried.shown(email=""))
