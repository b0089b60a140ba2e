"""The way into the console: who asks, whether they may, and the frame every page of theirs stands in."""

from functools import partial
from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.language import LANGUAGES
from leumund.staff import sessions
from leumund.staff.members import Member
from leumund.theming import addresses
from leumund.web import answering, cookies, dressing, entering
from leumund.web.console import navigating

NAME = "__Host-console"
HOME = "/console"
LOGIN = "/console/login"

reading = entering.reading
figures = entering.figures
inside = entering.inside
redirect = entering.redirect


class NotSignedIn(Exception):
    """No session, or one that has ended."""


class Forbidden(Exception):
    """A member without the right to this page or deed."""

    def __init__(self, who: Member) -> None:
        super().__init__(who.role)
        self.who = who


async def member(request: Request[Any, Any, Any], right: str) -> Member:
    """The member whose session this is, as they are now. Raises NotSignedIn, Forbidden.

    Even a GET notes here that the session is in use, which keeps its half hour true; it changes nothing else.
    """
    who = await _recognised(request)
    if not who.may(right):
        raise Forbidden(who)
    # Every page from here on, one that tells of a fault included, speaks the member's language.
    dressing.speak(request, who.language)
    return who


async def page(
    request: Request[Any, Any, Any], who: Member, template: str, *, status: int = 200, **context: Any
) -> Response[str]:
    """A console page as ``who`` sees it: only the ways they may go, in their language unless ``?lang=`` asks.

    Beside ``context`` the template has ``member``, ``areas``, and ``way(path)`` which keeps a language asked for.
    """
    asked = request.query_params.get("lang", "")
    return await answering.page(
        request,
        template,
        status=status,
        lang=language(request),
        languages=LANGUAGES,
        member=who,
        path=_readable(request),
        areas=navigating.areas(who, request.url.path),
        way=partial(addresses.spoken, language=asked) if asked in LANGUAGES else str,
        **context,
    )


async def doorstep(
    request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any
) -> Response[str]:
    """A page before the door: for whoever is not signed in yet."""
    return await answering.page(
        request, template, status=status, lang=language(request), languages=LANGUAGES, **context
    )


def language(request: Request[Any, Any, Any]) -> str:
    """What this request is answered in; the console speaks all our languages, whichever the company's customers do."""
    return dressing.language_of(request, LANGUAGES)


def to_login(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever is not signed in to the form; a cookie that is worth nothing goes."""
    return entering.redirect(request, LOGIN, cookies=[cookies.ended(NAME)] if token_of(request) else [])


async def forbidden(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """Signed in, and not allowed: said within the frame, so that one can go on."""
    assert isinstance(fault, Forbidden), "routed here by type"
    dressing.speak(request, fault.who.language)
    return await page(request, fault.who, "console_forbidden.html", status=403)


def token_of(request: Request[Any, Any, Any]) -> str:
    """What the browser sent for a session; nothing is known about it yet."""
    return request.cookies.get(NAME, "")


def _readable(request: Request[Any, Any, Any]) -> str:
    """Where this page can be read in another language: a deed's own address cannot be opened."""
    if request.method != "GET":
        return navigating.nearest(request.url.path)
    return addresses.asked(request.url.path, request.url.query)


async def _recognised(request: Request[Any, Any, Any]) -> Member:
    token = token_of(request)
    if token:
        async with entering.inside(request):
            who = await sessions.recognise(token=token, at=clock.now())
        if who is not None:
            return who
    raise NotSignedIn
