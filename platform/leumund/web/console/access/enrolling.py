"""The first time: whoever was invited chooses a password and adds the second factor, on one page."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, language, passwords, qr
from leumund.kit.faults import Refusals
from leumund.staff import enrolling
from leumund.staff.enrolling import Enrolment, LinkUnknown
from leumund.web import answering, forms, refusing
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried

_BLACK = "#000000"


async def _gone(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    assert isinstance(fault, LinkUnknown), "routed here by type"
    return await refusing.error_page(request, 404, message=language.text(fault.key, entering.language(request)))


_FAULTS: ExceptionHandlersMap = {LinkUnknown: refusing.later(_gone)}


class EnrolController(Controller):
    """``/console/enrol/<token>``; opening it shows, and only the form changes anything."""

    path = "/enrol/{token:str}"
    exception_handlers = _FAULTS
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        return await _page(request, await _look(request, token))

    @get("/qr.svg")
    async def code(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        enrolment = await _look(request, token)
        picture = qr.svg(enrolment.otpauth_uri, color=_BLACK)
        return Response(picture, media_type="image/svg+xml", headers=answering.PICTURE)

    @post()
    async def finish(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        sent, password = await forms.filled(request), await forms.secret(request, "password")
        try:
            async with entering.inside(request):
                await enrolling.finish(token=token, password=password, code=sent.get("code", ""), at=clock.now())
        except Refusals as fault:
            tried = forms.refused({}, fault, entering.language(request))
            return await _page(request, await _look(request, token), tried)
        return entering.redirect(request, f"{entering.LOGIN}?enrolled=yes")


async def _look(request: Request[Any, Any, Any], token: str) -> Enrolment:
    async with entering.reading(request):
        return await enrolling.show(token=token, at=clock.now())


async def _page(request: Request[Any, Any, Any], enrolment: Enrolment, tried: Tried = UNTRIED) -> Response[str]:
    return await entering.doorstep(
        request,
        "console_enrol.html",
        action=request.url.path,
        qr=f"{request.url.path}/qr.svg",
        enrolment=enrolment,
        shortest=passwords.SHORTEST,
        **tried.shown(),
    )
