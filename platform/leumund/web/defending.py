"""What every page carries and every form must show, whichever page it is."""

from typing import Any
from urllib.parse import urlsplit

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

# A handler with this in its ``opt`` takes forms from anywhere: only where no cookie counts.
FROM_ANYWHERE = "forms_from_anywhere"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# The same, for an answer that is made without Litestar.
RAW_HEADERS = tuple((name.encode(), value.encode()) for name, value in _HEADERS.items())


class SecurityHeaders(ASGIMiddleware):
    """Headers of security.md on every answer, errors included."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await next_app(scope, receive, send_with_headers)


class SameOriginForms(ASGIMiddleware):
    """A form counts only when it was sent from this very site.

    Browsers say where a request comes from (Fetch Metadata, Origin) and pages cannot lie about it; a caller that says
    nothing is no browser and carries no cookie of a victim. The API has no cookies and is left alone.
    """

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = FROM_ANYWHERE

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if _method(scope) in _SAFE_METHODS or _is_ours(_headers(scope)):
            await next_app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"Forbidden\n", "more_body": False})


def _is_ours(headers: dict[str, str]) -> bool:
    # Our pages send no referrer, and with it goes Origin ("null"); Fetch Metadata still tells, so it is asked first.
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _method(scope: Any) -> str:
    return str(scope["method"])


def _headers(scope: Any) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
