"""The product's door, with a bare callable and an empty Litestar route beside it: all of one server in one run."""

from typing import Any, cast

from litestar import Litestar, Response, get

from leumund import asgi
from leumund.tenancy.arriving import Receive, Scope, Send

_door = asgi.create()
_HELLO = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


@get("/empty", sync_to_thread=False)
def empty() -> Response[None]:
    return Response(None, status_code=302, headers={"location": "/elsewhere"})


_empty = cast(Any, Litestar([empty], openapi_config=None))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/hello":
        await send(_HELLO)
        await send({"type": "http.response.body", "body": b"hello"})
    elif scope["type"] == "http" and scope["path"] == "/empty":
        await _empty(scope, receive, send)
    else:
        await _door(scope, receive, send)
