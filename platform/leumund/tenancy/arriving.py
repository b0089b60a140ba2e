"""Who a request is for: decided once, from the Host header alone, before any entrance sees it.

Plain ASGI: a company's host leads to the companies' app with that company in the scope's state, the base domain leads
to the operator's, and every other name gets one and the same 404, whatever it tried. While the directory cannot be
asked, everybody is told to come again.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from leumund.tenancy import directory
from leumund.tenancy.database.reaching import LOST, Reaching
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Arrivals:
    """Hands requests to ``companies`` or ``operator``; ``deployment`` is asked for once both have started."""

    def __init__(self, *, companies: App, operator: App, deployment: Callable[[], Deployment]) -> None:
        self._companies = companies
        self._operator = operator
        self._deployment = deployment
        self._directory = Reaching("directory")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _nowhere(send)
            return
        deployment = self._deployment()
        host = _host(scope)
        state = scope.setdefault("state", {})
        if directory.plain_host(host) == deployment.settings.base_domain:
            state["deployment"] = deployment
            await self._operator(scope, receive, send)
            return
        try:
            tenant = await deployment.directory.by_host(host)
        except LOST as fault:
            self._directory.lost(fault)
            await _not_now(send)
            return
        self._directory.reached()
        if tenant is None:
            await _nowhere(send)
            return
        state["deployment"] = deployment
        state["tenant"] = tenant

        async def received() -> MutableMapping[str, Any]:
            """What arrives, for the company as it is by then: who sends a body slowly may outlast its keys."""
            message = await receive()
            now = await deployment.directory.by_host(host)
            if now is None or now.id != tenant.id:
                return {"type": "http.disconnect"}
            state["tenant"] = now
            return message

        await self._companies(scope, received, send)


def is_company(scope: Mapping[str, Any]) -> bool:
    """Whether a request is for a company's host; otherwise it is for the base domain."""
    return "tenant" in scope["state"]


def tenant_of(scope: Mapping[str, Any]) -> Tenant:
    """The company a request is for; every request of the companies' app has one."""
    tenant = scope["state"]["tenant"]
    assert isinstance(tenant, Tenant), "Arrivals put it there"
    return tenant


def deployment_of(scope: Mapping[str, Any]) -> Deployment:
    """The deployment this process serves."""
    deployment = scope["state"]["deployment"]
    assert isinstance(deployment, Deployment), "Arrivals put it there"
    return deployment


def _host(scope: Scope) -> str:
    names = [value for name, value in scope["headers"] if name == b"host"]
    # Two Host headers are an attack on whoever stands before us; neither is believed.
    return names[0].decode("latin-1") if len(names) == 1 else ""


async def _nowhere(send: Send) -> None:
    await _say(send, 404, b"Not found\n")


async def _not_now(send: Send) -> None:
    """Whose host it is cannot be asked, so there is no brand to say it in."""
    await _say(send, 503, b"Service unavailable\n", (b"retry-after", b"5"))


async def _say(send: Send, status: int, body: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
