"""HEAD wherever there is GET (RFC 9110, 9.3.2): whoever tests a link asks so, and no handler has to think of it."""

from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send


class Heads(ASGIMiddleware):
    """Answers HEAD as GET and leaves the body out."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        asked: dict[str, Any] = scope  # type: ignore[assignment]  # Litestar's type knows methods by an enum alone
        if asked["method"] != "HEAD":
            await next_app(scope, receive, send)
            return
        asked["method"] = "GET"
        await next_app(scope, receive, send_head)
