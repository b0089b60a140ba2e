"""In by password and code, and out again."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.kit import clock, language, passwords
from leumund.kit.knocking import TooOften
from leumund.operating import sessions, signing_in
from leumund.web import answering, cookies, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.operator import entering


class LoginController(Controller):
    """``/operator/login`` and ``/operator/logout``."""

    path = "/operator"

    @get("/login")
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return _form(request)

    @post("/login", status_code=200)
    async def enter(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """One sentence for every failure: nobody learns which of the three was wrong."""
        sent, lang = await forms.filled(request), entering.language(request)
        try:
            token = await _try(request, sent)
        except TooOften as fault:
            return forms.timed(_form(request, forms.refused(sent, fault, lang)), fault)
        if token is not None:
            return entering.redirect(request, entering.HOME, cookies=[cookies.kept(entering.NAME, token)])
        refused = language.text("errors.operating.sign_in_refused", lang)
        return _form(request, Tried(sent, {"form": refused}, status=422))

    @post("/logout")
    async def leave(self, request: Request[Any, Any, Any]) -> Redirect:
        async with entering.inside(request) as desk:
            await sessions.leave(desk, token=entering.token_of(request), at=clock.now())
        return entering.redirect(request, entering.LOGIN, cookies=[cookies.ended(entering.NAME)])


async def _try(request: Request[Any, Any, Any], sent: dict[str, str]) -> str | None:
    """Raises TooOften."""
    knocks, at = forms.knock(request, sent, token=entering.token_of(request)), clock.now()
    async with entering.inside(request) as desk:
        kept = await signing_in.knock(desk, email=knocks.email, peer=knocks.peer, at=at)
    password = await passwords.judge(kept, await forms.secret(request, "password"))
    async with entering.inside(request) as desk:
        return await signing_in.sign_in(desk, knocks=knocks, password=password, at=at)


def _form(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    return answering.plain_page(request, "operator_login.html", **tried.shown(email=""))
