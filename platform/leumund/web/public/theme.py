"""A theme's files and a company's own colours and logo: named by their content, so that browsers keep them for good.

These are squeezed and nothing else is: a page holds links that are secrets beside words its visitor sent, and the
length of such a page, once compressed, would tell of them (BREACH).
"""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from leumund.theming import assets, looks, styling
from leumund.web import dressing

_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
# An SVG opened by itself is a page: this one may not do anything.
_LOGO_POLICY = "default-src 'none'; sandbox"


class ThemeController(Controller):
    """``/theme``: what every page loads, and nothing of it tells who loads it."""

    path = "/theme"

    @get("/tokens.css")
    async def colours(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        look = await dressing.look_of(request)
        css = styling.stylesheet(look).encode()
        return _named_by_content(request, css, kind="text/css; charset=utf-8", digest=_digest(styling.address(look)))

    @get("/logo")
    async def logo(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        look = await dressing.look_of(request)
        address = looks.logo_address(look)
        if look.logo is None or address is None:
            raise NotFoundException
        answer = _named_by_content(request, look.logo.encode(), kind="image/svg+xml", digest=_digest(address))
        answer.set_header("content-security-policy", _LOGO_POLICY)
        return answer

    @get("/{theme:str}/{name:str}")
    async def file(self, request: Request[Any, Any, Any], theme: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        asset = assets.find(theme=theme, name=name)
        if asset is None:
            raise NotFoundException
        return _named_by_content(
            request, asset.body, kind=asset.content_type, digest=asset.digest, squeezed=asset.squeezed
        )


def _named_by_content(
    request: Request[Any, Any, Any], body: bytes, *, kind: str, digest: str, squeezed: bytes | None = None
) -> Response[bytes]:
    squeeze = squeezed is not None and "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{digest}-gzip"' if squeeze else f'"{digest}"'
    # Under an old name the new content must not be kept for good.
    lasting = request.query_params.get("v") == digest
    headers = {"etag": tag, "cache-control": _FOR_GOOD if lasting else _ASK_AGAIN, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    if squeezed is not None and squeeze:
        return Response(squeezed, media_type=kind, headers=headers | {"content-encoding": "gzip"})
    return Response(body, media_type=kind, headers=headers)


def _digest(address: str) -> str:
    return address.rpartition("=")[2]
