"""Every public page of a company in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import forms
from leumund.web.defending import SameOriginForms
from leumund.web.public.coding import CodeController
from leumund.web.public.confirming import ConfirmController
from leumund.web.public.counter import CounterController
from leumund.web.public.home import HomeController
from leumund.web.public.joining import JoinController
from leumund.web.public.landing import LandingController, LinkController
from leumund.web.public.legal import LegalController
from leumund.web.public.portal import PortalController
from leumund.web.public.portal_address import AddressController, PortalAddressController
from leumund.web.public.portal_consents import PortalConsentController
from leumund.web.public.portal_copies import PortalCopyController
from leumund.web.public.portal_data import PortalDataController
from leumund.web.public.portal_erasing import PortalErasureController
from leumund.web.public.portal_joining import PortalJoinController
from leumund.web.public.portal_login import PortalLoginController
from leumund.web.public.portal_messages import PortalMessageController
from leumund.web.public.portal_payouts import PortalPayoutController
from leumund.web.public.portal_pictures import PortalPictureController
from leumund.web.public.portal_preferences import PortalPreferenceController
from leumund.web.public.portal_proving import PortalProofController
from leumund.web.public.portal_receipts import PortalReceiptController
from leumund.web.public.portal_recommended import PortalRecommendedController
from leumund.web.public.portal_referrals import PortalReferralController
from leumund.web.public.portal_score import PortalScoreController
from leumund.web.public.portal_security import PortalSecurityController
from leumund.web.public.portal_share import PortalShareController
from leumund.web.public.portal_statement import PortalStatementController
from leumund.web.public.portal_stripe import PortalStripeController
from leumund.web.public.portal_surveys import PortalSurveyController
from leumund.web.public.preferences import PreferenceController
from leumund.web.public.recommending import RecommendController
from leumund.web.public.rights import RightsController
from leumund.web.public.rights_copy import RightsCopyController
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
        CounterController,
        JoinController,
        RecommendController,
        ConfirmController,
        LinkController,
        CodeController,
        LandingController,
        AddressController,
        PreferenceController,
        RightsController,
        RightsCopyController,
        UnsubscribeController,
    ]
    return [
        Router(
            path="/",
            route_handlers=[*controllers, *_portal()],
            middleware=[SameOriginForms()],
            exception_handlers=FAULTS,
            request_max_body_size=forms.MOST_BODY_BYTES,
        )
    ]


def _portal() -> list[ControllerRouterHandler]:
    """What whoever has signed in sees of their own."""
    return [
        PortalController,
        PortalPictureController,
        PortalLoginController,
        PortalConsentController,
        PortalJoinController,
        PortalAddressController,
        PortalCopyController,
        PortalDataController,
        PortalErasureController,
        PortalMessageController,
        PortalPayoutController,
        PortalPreferenceController,
        PortalStripeController,
        PortalProofController,
        PortalReceiptController,
        PortalReferralController,
        PortalRecommendedController,
        PortalScoreController,
        PortalSecurityController,
        PortalShareController,
        PortalStatementController,
        PortalSurveyController,
    ]
