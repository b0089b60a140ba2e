"""Into the console with e-mail, password and code, and out of it again."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.kit import clock, language, passwords
from leumund.kit.knocking import TooOften
from leumund.staff import sessions, signing_in
from leumund.staff.signing_in import SignedIn
from leumund.web import cookies, forms
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried


class SignInController(Controller):
    """``/console/login`` and ``/console/logout``."""

    request_max_body_size = forms.MOST_BODY_BYTES

    @get("/login")
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request, new="enrolled" in request.query_params)

    @post("/login")
    async def sign_in(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """One answer for all that can be wrong; a try too many is not looked at."""
        sent, lang = await forms.filled(request), entering.language(request)
        try:
            signed_in = await _try(request, sent)
        except TooOften as fault:
            return forms.timed(await _form(request, forms.refused(sent, fault, lang)), fault)
        if signed_in is None:
            refused = language.text("errors.staff.sign_in_refused", lang)
            return await _form(request, Tried(sent, {"form": refused}, status=422))
        return entering.redirect(request, entering.HOME, cookies=[cookies.kept(entering.NAME, signed_in.token)])

    @post("/logout")
    async def leave(self, request: Request[Any, Any, Any]) -> Redirect:
        async with entering.inside(request):
            await sessions.leave(token=entering.token_of(request), at=clock.now())
        return entering.redirect(request, entering.LOGIN, cookies=[cookies.ended(entering.NAME)])


async def _try(request: Request[Any, Any, Any], sent: Mapping[str, str]) -> SignedIn | None:
    """Raises TooOften."""
    knocks, at = forms.knock(request, sent, token=entering.token_of(request)), clock.now()
    async with entering.inside(request):
        kept = await signing_in.knock(email=knocks.email, peer=knocks.peer, at=at)
    password = await passwords.judge(kept, await forms.secret(request, "password"))
    async with entering.inside(request):
        return await signing_in.sign_in(knocks=knocks, password=password, at=at)


async def _form(request: Request[Any, Any, Any], tried: Tried = UNTRIED, *, new: bool = False) -> Response[str]:
    shown = tried.shown(email="")
    return await entering.doorstep(request, "console_login.html", action=entering.LOGIN, new=new, **shown)
