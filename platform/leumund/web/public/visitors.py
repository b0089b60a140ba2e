"""Whose portal this is: the only cookie of the public side, set by the button behind a mailed link alone."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.customers.login import enrolling, visiting
from leumund.customers.login.visiting import Visit
from leumund.customers.records import holding
from leumund.kit import clock
from leumund.web import entering

NAME = "__Host-portal"
PROOF, ERASURE = "/portal/prove", "/portal/data/erasure"
# Where a proof leads back to: a page is named, so that no address from outside is ever followed.
PAGES = {
    "data": "/portal/data",
    "copy": "/portal/data/copy",
    "address": "/portal/data/address",
    "erasure": ERASURE,
    "security": "/portal/security",
    "stripe": "/portal/stripe",
    "payout_account": "/portal/payouts/account",
    "payout_address": "/portal/payouts/address",
}


class NotSignedIn(Exception):
    """No session, or one that has ended."""


class Going(Exception):
    """They are about to be erased: nothing is left for them here but to call it off."""


class SecondFactorNeeded(Exception):
    """A read mailbox is enough to come in, and not for this; ``back`` names the page of PAGES that asked."""

    def __init__(self, back: str) -> None:
        assert back in PAGES, "a page one can come back to"
        super().__init__(back)
        self.back = back


async def signed_in(request: Request[Any, Any, Any]) -> UUID:
    """The customer whose session this is. Raises NotSignedIn.

    Even a GET notes here that the session is in use, which keeps its half hour true; it changes nothing else.
    """
    return (await visit(request)).customer


async def visit(request: Request[Any, Any, Any], *, going: bool = False) -> Visit:
    """The session itself, kept alive as ``signed_in`` does. Raises NotSignedIn.

    Raises Going for whoever is about to be erased, but for pages that are there for those ``going`` too.
    """
    token = token_of(request)
    if token:
        async with entering.inside(request):
            seen = await visiting.seen(token=token, at=clock.now())
        if seen is not None and (going or seen.held != holding.ERASURE):
            return seen
        if seen is not None:
            raise Going
    raise NotSignedIn


async def proven(request: Request[Any, Any, Any], *, back: str, going: bool = False) -> Visit:
    """The session of whoever showed a second factor a moment ago; ``going`` as of ``visit``.

    Raises NotSignedIn, and SecondFactorNeeded, which leads to the proof and then ``back``, a page of PAGES.
    """
    seen = await visit(request, going=going)
    if not seen.is_proven(at=clock.now(), within=enrolling.FRESH):
        raise SecondFactorNeeded(back)
    return seen


def to_proof(request: Request[Any, Any, Any], fault: Exception) -> Redirect:
    """Lead whoever has to show a second factor to the page that asks for it."""
    assert isinstance(fault, SecondFactorNeeded), "routed here by type"
    return entering.redirect(request, f"{PROOF}?back={fault.back}")


def to_login(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever is not signed in to the form for a link."""
    return entering.redirect(request, "/portal/login")


def to_erasure(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever is about to be erased to where it is called off."""
    return entering.redirect(request, ERASURE)


FAULTS: ExceptionHandlersMap = {NotSignedIn: to_login, Going: to_erasure, SecondFactorNeeded: to_proof}


def token_of(request: Request[Any, Any, Any]) -> str:
    return request.cookies.get(NAME, "")
