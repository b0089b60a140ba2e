"""All pages in one place: the companies' app and the operator's, each with its own doors, faults and headers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from litestar import Litestar
from litestar.types import ControllerRouterHandler

from leumund.tenancy.arriving import App
from leumund.tenancy.deployment import Deployment
from leumund.web.console import routing as console
from leumund.web.defending import SecurityHeaders
from leumund.web.heading import Heads
from leumund.web.operator import routing as operating
from leumund.web.public import clicks
from leumund.web.public import routing as public
from leumund.web.public.redirecting import Redirects
from leumund.web.refusing import FAULTS

_MOST_BODY_BYTES = 10_000_000


def company_routes() -> list[ControllerRouterHandler]:
    """Every page of a company's host."""
    return [*public.routes(), *console.routes()]


def companies(handlers: Sequence[ControllerRouterHandler]) -> App:
    """The app served at companies' hosts."""
    app = Litestar(
        route_handlers=handlers,
        exception_handlers=FAULTS,
        openapi_config=None,
        request_max_body_size=_MOST_BODY_BYTES,
    )
    return Redirects(_defended(app))


def operator() -> App:
    """The app served at the base domain."""
    app = Litestar(
        route_handlers=operating.routes(),
        exception_handlers=FAULTS,
        openapi_config=None,
        request_max_body_size=_MOST_BODY_BYTES,
    )
    return _defended(app)


def _defended(app: Litestar) -> App:
    # Around the app and not within: where no route fits, Litestar answers before its middleware.
    return cast(App, SecurityHeaders()(Heads()(app)))


@asynccontextmanager
async def running(deployment: Deployment) -> AsyncIterator[None]:
    """What pages need beside requests: clicks are counted in batches, and the last batch is written at the end."""
    async with clicks.counted(deployment):
        yield
