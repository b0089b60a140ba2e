"""The web's door: one ASGI application for all companies and the operator."""

from contextlib import AsyncExitStack
from typing import Any

from granian.utils.proxies import wrap_asgi_with_proxy_headers

from leumund.api import routing as api
from leumund.kit import environment, logs
from leumund.tenancy import deployment as deployments
from leumund.tenancy import listening
from leumund.tenancy.arriving import App, Arrivals, Receive, Scope, Send
from leumund.tenancy.deployment import Deployment
from leumund.web import routing as web
from leumund.web.defending import SecurityHeaders
from leumund.webhooks import routing as webhooks


class Door:
    """Opens the deployment when the server starts and closes it when the server has drained."""

    def __init__(self) -> None:
        self._deployment: Deployment | None = None
        self._stack = AsyncExitStack()
        self._arrivals: App = Arrivals(companies=_companies(), operator=web.operator(), deployment=self.opened)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._arrivals(scope, receive, send)

    def use(self, deployment: Deployment) -> None:
        """Serve ``deployment``; tests open one in their own loop."""
        self._deployment = deployment
        if proxies := deployment.settings.trusted_proxies:
            # The peer is then whom the nearest proxy saw; from anybody else the header is hearsay.
            self._arrivals = wrap_asgi_with_proxy_headers(self._arrivals, trusted_hosts=proxies)

    def opened(self) -> Deployment:
        """What is served, once the server has started."""
        assert self._deployment is not None, "the server starts the lifespan first"
        return self._deployment

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        deployment = await self._stack.enter_async_context(deployments.opened(environment.read(), role="web"))
        self.use(deployment)
        await self._stack.enter_async_context(listening.told(deployment, role=deployment.server.web_role))
        await self._stack.enter_async_context(web.running(deployment))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})


def _companies() -> App:
    """A company's host: pages, and apps of their own for machines, so that even their 404 is one for them."""
    pages: Any = web.companies(web.company_routes())
    machines: Any = SecurityHeaders()(api.app())
    tellers: Any = SecurityHeaders()(webhooks.app())

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # No row holds a NUL, so an address with one names nothing; the database would refuse to look.
        path = scope["path"] = scope["path"].replace("\0", "\ufffd")
        # The first part of the path alone decides.
        app = {api.ROOT: machines, webhooks.ROOT: tellers}.get("/" + path[1:].partition("/")[0], pages)
        await app(scope, receive, send)

    return serve


def create() -> Any:
    """A fresh application, not yet opened."""
    logs.configure()
    return Door()


app = create()
