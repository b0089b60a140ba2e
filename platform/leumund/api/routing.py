"""The API as an app of its own beside the pages: what it refuses it refuses as problem details, routes and all."""

from litestar import Litestar, Router
from litestar.datastructures import CacheControlHeader
from litestar.types import ASGIApp

from leumund.api import describing, documenting, modes, outcomes, pacing, problems, reading, tracing
from leumund.api.authenticating import require_key
from leumund.api.consents import ConsentController
from leumund.api.conversions import ConversionController
from leumund.api.customers import CustomerController
from leumund.api.payouts import PayoutController
from leumund.api.refunds import RefundController
from leumund.api.survey_events import SurveyEventController

ROOT = "/api"


def app() -> ASGIApp:
    """What is served under ROOT at companies' hosts. It reads no cookie, so no form of another site can use one."""
    version_1 = Router(
        path=describing.PATH,
        route_handlers=[
            CustomerController,
            ConsentController,
            ConversionController,
            RefundController,
            SurveyEventController,
            outcomes.referrals,
            outcomes.referral,
            tracing.whole,
            outcomes.rewards,
            outcomes.reward,
            PayoutController,
        ],
        guards=[require_key],
    )
    return Litestar(
        route_handlers=[version_1, documenting.document],
        exception_handlers=problems.HANDLERS,
        openapi_config=describing.config(),
        request_max_body_size=reading.MOST_BODY_BYTES,
        before_send=[pacing.tell, modes.tell],
        cache_control=CacheControlHeader(no_store=True),
    )
