"""The product's door with a bare route beside it, so that both are asked of one server in one run."""

from leumund import asgi
from leumund.tenancy.arriving import Receive, Scope, Send

_door = asgi.create()
_HELLO = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/hello":
        await send(_HELLO)
        await send({"type": "http.response.body", "body": b"hello"})
    else:
        await _door(scope, receive, send)
