"""In by password and code, and out again."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.kit import clock, language, passwords
from leumund.kit.knocking import TooOften
from leumund.operating import sessions, signing_in
from leumund.web import answering, cookies, dressing, forms
from leumund.web.operator import entering


class LoginController(Controller):
    """``/operator/login`` and ``/operator/logout``."""

    path = "/operator"

    @get("/login")
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return answering.plain_page(request, "operator_login.html", values={}, errors={})

    @post("/login", status_code=200)
    async def enter(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """One sentence for every failure: nobody learns which of the three was wrong."""
        sent, lang = await forms.filled(request), dressing.language_of(request, language.LANGUAGES)
        try:
            token = await _try(request, sent)
        except TooOften as fault:
            page = _again(request, sent, status=429, errors=forms.errors(fault, lang))
            page.set_header("retry-after", str(fault.wait_seconds))
            return page
        if token is not None:
            return entering.redirect(request, entering.HOME, cookies=[cookies.kept(entering.NAME, token)])
        refused = language.text("errors.operating.sign_in_refused", lang)
        return _again(request, sent, status=422, errors={"form": refused})

    @post("/logout")
    async def leave(self, request: Request[Any, Any, Any]) -> Redirect:
        async with entering.inside(request) as desk:
            await sessions.leave(desk, token=entering.token_of(request), at=clock.now())
        return entering.redirect(request, entering.LOGIN, cookies=[cookies.ended(entering.NAME)])


async def _try(request: Request[Any, Any, Any], sent: Mapping[str, str]) -> str | None:
    """Raises TooOften."""
    knocks, at = forms.knock(request, sent, token=entering.token_of(request)), clock.now()
    async with entering.inside(request) as desk:
        kept = await signing_in.knock(desk, email=knocks.email, peer=knocks.peer, at=at)
    password = await passwords.judge(kept, await forms.secret(request, "password"))
    async with entering.inside(request) as desk:
        return await signing_in.sign_in(desk, knocks=knocks, password=password, at=at)


def _again(
    request: Request[Any, Any, Any], sent: Mapping[str, str], *, status: int, errors: Mapping[str, str]
) -> Response[str]:
    values = {"email": sent.get("email", "")}
    return answering.plain_page(request, "operator_login.html", status=status, values=values, errors=errors)
