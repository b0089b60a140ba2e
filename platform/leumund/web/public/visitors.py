"""Whose portal this is: the only cookie of the public side, set by the button behind a mailed link alone."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Redirect

from leumund.customers import visiting
from leumund.kit import clock
from leumund.web import entering

NAME = "__Host-portal"


class NotSignedIn(Exception):
    """No session, or one that has ended."""


async def signed_in(request: Request[Any, Any, Any]) -> UUID:
    """The customer whose session this is. Raises NotSignedIn.

    Even a GET notes here that the session is in use, which keeps its half hour true; it changes nothing else.
    """
    token = token_of(request)
    if token:
        async with entering.inside(request):
            customer = await visiting.recognise(token=token, at=clock.now())
        if customer is not None:
            return customer
    raise NotSignedIn


def to_login(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever is not signed in to the form for a link."""
    return entering.redirect(request, "/portal/login")


def token_of(request: Request[Any, Any, Any]) -> str:
    return request.cookies.get(NAME, "")
