"""What an address names: a row by its id, a place by its number, or one of a few choices."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request

from leumund.kit.faults import Unknown
from leumund.web import paging


class NoSuchPage(Unknown):
    """What stands in the address cannot be an id or a number; answered like one that nobody has."""


def known(text: str) -> UUID:
    """The id ``text`` writes. Raises NoSuchPage."""
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchPage("errors.http.404.message") from None


def number(text: str) -> int:
    """The number ``text`` writes. Raises NoSuchPage."""
    try:
        return int(text)
    except ValueError:
        raise NoSuchPage("errors.http.404.message") from None


def chosen(request: Request[Any, Any, Any], name: str, choices: Sequence[str]) -> str:
    """The filter ``name`` where it is one of ``choices``, else empty: all of them."""
    asked = paging.asked(request, name)
    return asked if asked in choices else ""
