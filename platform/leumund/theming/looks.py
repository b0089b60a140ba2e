"""A company's look: which theme it wears and how it tunes it."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

DEFAULT_THEME = "plain"


class Look(msgspec.Struct, frozen=True):
    """What a page must know to be the company's: a theme's name, tuned tokens, the shown name, a logo, languages.

    ``logo`` is SVG text that ``logos.check`` has let through, or None. ``languages`` stands in the company's order.
    """

    theme: str
    tokens: dict[str, str]
    name: str
    logo: str | None
    languages: list[str]


def look_of(*, theme: str, tokens: Mapping[str, str], name: str, logo: str | None, languages: Sequence[str]) -> Look:
    """The look of a company as its profile tells it."""
    return Look(theme=theme, tokens=dict(tokens), name=name, logo=logo or None, languages=list(languages))


def nobodys(languages: Sequence[str] = ("de", "en")) -> Look:
    """The look of pages that belong to no company: the operator's, and hosts we do not know."""
    return look_of(theme=DEFAULT_THEME, tokens={}, name="", logo=None, languages=languages)


def logo_address(look: Look) -> str | None:
    """Where browsers find the logo, with its content hash so that it may be cached for good; None without a logo."""
    if look.logo is None:
        return None
    return f"/theme/logo?v={hashlib.sha256(look.logo.encode()).hexdigest()[:16]}"
