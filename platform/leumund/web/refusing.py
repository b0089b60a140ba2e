"""Faults as pages in the host's brand: what is known is explained, what is not gets an id and nothing else."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from asyncpg import ReadOnlySQLTransactionError
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ExceptionHandlersMap, Receive, Scope, Send

from leumund.kit import language
from leumund.kit.faults import Refusals, Refused, TooSoon, Unknown
from leumund.kit.tokens import BadToken
from leumund.tenancy.arriving import is_company, tenant_of
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.database.reaching import PASSING
from leumund.web import answering, dressing

Answer = Callable[[Request[Any, Any, Any], Any], Awaitable[Response[str]]]
log = structlog.get_logger()
_SOON_SECONDS, _MOVED_SECONDS = "5", "120"
_DESKS = ("/console", "/operator")
_EXPLAINED = frozenset({400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 503})


class _Later(Response[None]):
    """An answer that is made while it is sent: Litestar asks for a fault's answer and does not wait."""

    def __init__(self, answer: Answer, request: Request[Any, Any, Any], fault: Exception) -> None:
        super().__init__(None)
        self._answer = answer
        self._request = request
        self._fault = fault

    def to_asgi_response(self, *_: object, **__: object) -> ASGIApp:  # type: ignore[override]  # none of what it takes is asked for
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            page = await self._answer(self._request, self._fault)
            await page.to_asgi_response(app=None, request=self._request)(scope, receive, send)

        return answer


def route_of(request: Request[Any, Any, Any]) -> str:
    """Which page it was, for the log: its address may carry a token that opens something."""
    return str(request.scope.get("path_template", ""))


def later(answer: Answer) -> Callable[[Request[Any, Any, Any], Any], Response[None]]:
    """``answer``, which may ask the database, as an exception handler of Litestar's, which may not."""
    return lambda request, fault: _Later(answer, request, fault)


async def refused(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """A refusal that no form of the page shows by its field."""
    assert isinstance(fault, Refused | Refusals), "routed here by type"
    lang = dressing.language_of(request, (await dressing.look_of(request)).languages)
    message = " ".join(answering.errors_of(fault, lang).values())
    page = await error_page(request, 429 if isinstance(fault, TooSoon) else 422, message=message)
    if isinstance(fault, TooSoon):
        page.set_header("retry-after", str(fault.wait_seconds))
    return page


async def unknown(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    """Never made, another company's, forged or over: all one answer."""
    return await error_page(request, 404)


async def busy(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """No connection in time, or one that was lost: whoever comes again may be heard."""
    log.warning("busy", route=route_of(request), fault=type(fault).__name__)
    page = await error_page(request, 503)
    page.set_header("retry-after", _SOON_SECONDS)
    return page


async def moving(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """The company moves to another deployment: whoever sends it again in minutes is heard. Else it is our fault."""
    if not (is_company(request.scope) and tenant_of(request.scope).is_moving):
        return await unexpected(request, fault)
    page = await error_page(request, 503, said="moving")
    page.set_header("retry-after", _MOVED_SECONDS)
    return page


async def http_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """What the framework itself refuses: no such route, no such method, too large."""
    assert isinstance(fault, HTTPException), "routed here by type"
    return await error_page(request, fault.status_code)


async def unexpected(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """Our own fault: an id for the visitor, the rest for the log."""
    incident = uuid4().hex[:12]
    log.error("unexpected", incident=incident, route=route_of(request), exc_info=fault)
    return await error_page(request, 500, incident=incident)


async def error_page(
    request: Request[Any, Any, Any],
    status: int,
    *,
    said: str | None = None,
    message: str | None = None,
    incident: str | None = None,
) -> Response[str]:
    """The page for ``status`` in the brand of this host; without it where the brand itself cannot be read.

    ``said`` is a cause that has its own words.
    """
    # A link that was copied badly, or is gone, may still come with a code that was told.
    asks_code = status == HTTPStatus.NOT_FOUND and is_company(request.scope) and request.url.path.startswith("/r/")
    ways = {"home": _desk(request.url.path), "asks_code": asks_code}
    known = status if status in _EXPLAINED else 400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500
    try:
        languages = (await dressing.look_of(request)).languages
        words = _words(said or known, message, dressing.language_of(request, languages))
        return await answering.host_page(request, "error.html", status=status, incident=incident, **ways, **words)
    except Exception as fault:
        if not isinstance(fault, (Busy, *PASSING)):
            log.error("no brand for a fault's page", route=route_of(request), exc_info=fault)
        words = _words(said or known, message, dressing.language_of(request, language.LANGUAGES))
        return answering.plain_page(request, "error.html", status=status, incident=incident, **ways, **words)


def _desk(path: str) -> str | None:
    """Where whoever works at a desk goes on from a page that is none; who only just enrols has no desk yet."""
    if path.startswith("/console/enrol/"):
        return None
    return next((desk for desk in _DESKS if path == desk or path.startswith(desk + "/")), None)


def _words(known: int | str, message: str | None, lang: str) -> dict[str, str]:
    title, usual = (language.text(f"errors.http.{known}.{part}", lang) for part in ("title", "message"))
    return {"title": title, "message": message or usual}


FAULTS: ExceptionHandlersMap = {
    Unknown: later(unknown),
    BadToken: later(unknown),
    Refused: later(refused),
    Refusals: later(refused),
    Busy: later(busy),
    **dict.fromkeys(PASSING, later(busy)),
    ReadOnlySQLTransactionError: later(moving),
    HTTPException: later(http_fault),
    Exception: later(unexpected),
}
