"""What Stripe tells a company: kept, answered, and worked off by a job.

Whatever is not believed is answered alike, and so is what is too long; a company that has no account at Stripe is told
nothing.
"""

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.enums import MediaType

from leumund.kit import clock
from leumund.payouts.stripe import receiving, topics
from leumund.payouts.stripe.receiving import NotBelieved
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.webhooks import pacing
from leumund.webhooks.pacing import TooMany

# An invoice of some hundred lines; Stripe sends no object that is longer.
MOST_BODY_BYTES = 512_000


def refused(_: Request[Any, Any, Any], __: Exception) -> Response[str]:
    """Stripe shows it to the company, and tries again for days."""
    return Response("not believed\n", status_code=400, media_type=MediaType.TEXT)


def too_many(_: Request[Any, Any, Any], fault: TooMany) -> Response[str]:
    headers = {"retry-after": str(fault.wait_seconds)}
    return Response("later\n", status_code=429, media_type=MediaType.TEXT, headers=headers)


class StripeController(Controller):
    path = topics.PATH
    exception_handlers = {NotBelieved: refused, TooMany: too_many}  # noqa: RUF012 - Litestar's own shape

    @post(status_code=200)
    async def take(self, request: Request[Any, Any, Any]) -> Response[str]:
        """200 once it is in the rows for good, and for what is of no interest: asked again it would be so again."""
        pacing.count(request)
        body = await request.body()
        signed = request.headers.getall("stripe-signature", [])
        async with deployment_of(request.scope).scopes.inside(tenant_of(request.scope)):
            await receiving.receive(body=body, signature=signed[0] if len(signed) == 1 else "", at=clock.now())
        return Response("kept\n", media_type=MediaType.TEXT)
