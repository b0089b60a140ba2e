"""Lists page by page: where the next one begins stands in the address, beside what was searched for."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request

from leumund.kit.cursors import Page

AFTER = "after"
# What a page shows at once: enough to scan, little enough to read on a telephone.
ROWS = 50
_LONGEST = 200


def after(request: Request[Any, Any, Any]) -> str | None:
    """The cursor the address names, for a room's list; whether it is one, the list says (BadCursor, a 422)."""
    return request.query_params.get(AFTER)


def asked(request: Request[Any, Any, Any], name: str) -> str:
    """A filter of the address, trimmed and never endless; empty when it is not there."""
    return request.query_params.get(name, "").replace("\0", "").strip()[:_LONGEST]


def onward(request: Request[Any, Any, Any], page: Page[Any]) -> dict[str, str | None]:
    """``first`` and ``next`` for the template's pager: addresses that keep the filters, None where there is none."""
    return {
        "first": _address(request, None) if after(request) is not None else None,
        "next": _address(request, page.after) if page.after is not None else None,
    }


def _address(request: Request[Any, Any, Any], cursor: str | None) -> str:
    kept = [(name, value) for name, value in parse_qsl(request.url.query, keep_blank_values=True) if name != AFTER]
    query = urlencode([*kept, *([(AFTER, cursor)] if cursor else [])])
    return f"{request.url.path}?{query}" if query else request.url.path
