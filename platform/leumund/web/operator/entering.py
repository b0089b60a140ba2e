"""The way to the operator's desk: who asks is known first, and every page of theirs stands in one frame."""

from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, NamedTuple

from litestar import Request, Response
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.language import LANGUAGES
from leumund.operating import office, sessions
from leumund.operating.office import Desk
from leumund.operating.sessions import Operator
from leumund.tenancy.arriving import deployment_of
from leumund.theming import addresses
from leumund.web import answering, cookies, dressing, entering, saying

NAME = "__Host-operator"
HOME = "/operator"
LOGIN = "/operator/login"

redirect = entering.redirect


class NotSignedIn(Exception):
    """No session, or one that has ended."""


class Way(NamedTuple):
    """A page of the navigation; ``name`` ends its text's key ``operator.nav.<name>``."""

    name: str
    sign: str
    path: str
    here: bool


def reading(request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[Desk]:
    """The desk for a GET: the database itself refuses to change anything."""
    return office.reading(deployment_of(request.scope))


def inside(request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[Desk]:
    """The desk for a POST: all of it happens, or nothing."""
    return office.inside(deployment_of(request.scope))


async def operator(request: Request[Any, Any, Any]) -> Operator:
    """Whose session this is. Raises NotSignedIn.

    Even a GET notes here that the session is in use, which keeps its half hour true; it changes nothing else.
    """
    token = token_of(request)
    if token:
        async with inside(request) as desk:
            who = await sessions.recognise(desk, token=token, at=clock.now())
        if who is not None:
            return who
    raise NotSignedIn


def page(
    request: Request[Any, Any, Any], who: Operator, template: str, *, status: int = 200, **context: Any
) -> Response[str]:
    """A page of the operator's console, in the language asked for or the browser's."""
    asked = request.query_params.get("lang", "")
    return answering.plain_page(
        request,
        template,
        status=status,
        who=who,
        path=addresses.asked(request.url.path, request.url.query),
        ways=_ways(request.url.path),
        way=partial(addresses.spoken, language=asked) if asked in LANGUAGES else str,
        say=saying.plainly(request),
        **context,
    )


def language(request: Request[Any, Any, Any]) -> str:
    """What this request is answered in."""
    return dressing.language_of(request, LANGUAGES)


def to_login(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever is not signed in to the form; a cookie that is worth nothing goes."""
    return redirect(request, LOGIN, cookies=[cookies.ended(NAME)] if token_of(request) else [])


def token_of(request: Request[Any, Any, Any]) -> str:
    """What the browser sent for a session; nothing is known about it yet."""
    return request.cookies.get(NAME, "")


def _ways(path: str) -> list[Way]:
    return [
        Way("companies", "overview", HOME, path == HOME or path.startswith(HOME + "/companies")),
        Way("jobs", "surveys", HOME + "/jobs", path == HOME + "/jobs"),
        Way("log", "audit", HOME + "/log", path == HOME + "/log"),
    ]
