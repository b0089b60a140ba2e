"""In by password and code, and out again."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.kit import clock, language
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
        sent = await forms.filled(request)
        async with entering.inside(request) as desk:
            token = await signing_in.sign_in(
                desk,
                email=sent.get("email", ""),
                password=await _password(request),
                code=sent.get("code", ""),
                at=clock.now(),
            )
        if token is not None:
            return entering.redirect(request, entering.HOME, cookies=[cookies.kept(entering.NAME, token)])
        lang = dressing.language_of(request, language.LANGUAGES)
        errors = {"form": language.text("errors.operating.sign_in_refused", lang)}
        values = {"email": sent.get("email", "")}
        return answering.plain_page(request, "operator_login.html", status=422, values=values, errors=errors)

    @post("/logout")
    async def leave(self, request: Request[Any, Any, Any]) -> Redirect:
        async with entering.inside(request) as desk:
            await sessions.leave(desk, token=entering.token_of(request), at=clock.now())
        return entering.redirect(request, entering.LOGIN, cookies=[cookies.ended(entering.NAME)])


async def _password(request: Request[Any, Any, Any]) -> str:
    # Exactly as typed: a blank at its end is part of a password.
    typed = (await request.form()).get("password", "")
    return typed if isinstance(typed, str) else ""
