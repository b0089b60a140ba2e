"""The product's door, with a bare callable and empty Litestar routes beside it: all of one server in one run."""

from typing import Any, cast

from litestar import Litestar, Response, get

from leumund import asgi
from leumund.tenancy.arriving import Arrivals, Receive, Scope, Send
from leumund.web import routing

_door = asgi.create()
_HELLO = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


@get(["/empty", "/house"], sync_to_thread=False)
def empty() -> Response[None]:
    return Response(None, status_code=302, headers={"location": "/elsewhere"})


_empty = cast(Any, Litestar([empty], openapi_config=None))
# What a link would cost as a route of the house's own: at a company's host, and with the headers of every answer.
_house = Arrivals(companies=routing.companies([empty]), operator=routing.operator(), deployment=_door.opened)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/hello":
        await send(_HELLO)
        await send({"type": "http.response.body", "body": b"hello"})
    elif scope["type"] == "http" and scope["path"] == "/empty":
        await _empty(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == "/house":
        await _house(scope, receive, send)
    else:
        await _door(scope, receive, send)
