"""What others tell a company's host comes in here: an app of its own, which reads no cookie and no form."""

from litestar import Litestar
from litestar.types import ASGIApp

from leumund.webhooks.stripe import MOST_BODY_BYTES, StripeController

ROOT = "/webhooks"


def app() -> ASGIApp:
    """What is served under ROOT at companies' hosts."""
    return Litestar(route_handlers=[StripeController], openapi_config=None, request_max_body_size=MOST_BODY_BYTES)
