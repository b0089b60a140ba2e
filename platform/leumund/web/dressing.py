"""What a page wears: the company's profile and look, remembered for a moment so that pages need no query for it."""

from collections.abc import Sequence
from time import monotonic
from typing import Any

import msgspec
from litestar import Request

from leumund.company import describing
from leumund.company.describing import Profile
from leumund.kit import language as spoken
from leumund.tenancy.arriving import deployment_of, is_company, tenant_of
from leumund.tenancy.directory import FRESH_SECONDS
from leumund.theming import looks
from leumund.theming.looks import Look

_MOST_REMEMBERED = 5_000
_SPOKEN = "spoken"


class Dress(msgspec.Struct, frozen=True):
    """A company's profile and the look made from it."""

    profile: Profile
    look: Look


# Keyed by the schema's name, which no two companies ever share; bounded, and stale for FRESH_SECONDS at most.
_remembered: dict[str, tuple[float, Dress]] = {}


async def dress_of(request: Request[Any, Any, Any]) -> Dress:
    """The dress of the company this request is for; one query when it is not remembered."""
    tenant = tenant_of(request.scope)
    known = _remembered.get(tenant.schema_name)
    if known is not None and monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    async with deployment_of(request.scope).scopes.reading(tenant):
        dress = _dress(await describing.profile())
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[tenant.schema_name] = (monotonic(), dress)
    return dress


async def look_of(request: Request[Any, Any, Any]) -> Look:
    """The look at this host: its company's, or nobody's at the base domain."""
    return (await dress_of(request)).look if is_company(request.scope) else looks.nobodys()


def speak(request: Request[Any, Any, Any], language: str) -> None:
    """Answer this request in ``language`` rather than in what the browser prefers."""
    request.scope["state"][_SPOKEN] = language


def language_of(request: Request[Any, Any, Any], languages: Sequence[str]) -> str:
    """``?lang=`` first, then the language of who is signed in, then the browser's, then the first of ``languages``."""
    for asked in (request.query_params.get("lang", ""), request.scope["state"].get(_SPOKEN, "")):
        if asked in languages:
            return str(asked)
    return spoken.preferred(request.headers.get("accept-language", ""), languages)


def _dress(profile: Profile) -> Dress:
    return Dress(
        profile,
        looks.look_of(
            theme=profile.theme,
            tokens=profile.tokens,
            name=profile.name,
            logo=profile.logo,
            languages=profile.languages,
        ),
    )
