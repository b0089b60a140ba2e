"""Whether a host is served here: what a TLS proxy asks before it gets a certificate for a name."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.tenancy.arriving import deployment_of
from leumund.web import paging


class ServedController(Controller):
    """``/served?domain=``: 200 for a company's host, 404 for any other. Whoever calls a host learns as much."""

    path = "/served"

    @get()
    async def served(self, request: Request[Any, Any, Any]) -> Response[None]:
        deployment = deployment_of(request.scope)
        asked = paging.asked(request, "domain")
        known = asked == deployment.settings.base_domain or await deployment.directory.by_host(asked) is not None
        return Response(None, status_code=200 if known else 404, headers={"cache-control": "no-store"})
