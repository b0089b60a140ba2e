"""Every public page of a company in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import forms
from leumund.web.defending import SameOriginForms
from leumund.web.public.confirming import ConfirmController
from leumund.web.public.home import HomeController
from leumund.web.public.joining import JoinController
from leumund.web.public.landing import LandingController
from leumund.web.public.legal import LegalController
from leumund.web.public.portal import PortalController
from leumund.web.public.portal_consents import PortalConsentController
from leumund.web.public.portal_joining import PortalJoinController
from leumund.web.public.portal_login import PortalLoginController
from leumund.web.public.survey import SurveyController
from leumund.web.public.theme import ThemeController
from leumund.web.public.unsubscribing import UnsubscribeController
from leumund.web.refusing import FAULTS


def routes() -> list[ControllerRouterHandler]:
    """What anybody may open at a company's host."""
    controllers: list[ControllerRouterHandler] = [
        HomeController,
        ThemeController,
        LegalController,
        SurveyController,
        JoinController,
        ConfirmController,
        LandingController,
        PortalController,
        PortalLoginController,
        PortalConsentController,
        PortalJoinController,
        UnsubscribeController,
    ]
    return [
        Router(
            path="/",
            route_handlers=controllers,
            middleware=[SameOriginForms()],
            exception_handlers=FAULTS,
            request_max_body_size=forms.MOST_BODY_BYTES,
        )
    ]
