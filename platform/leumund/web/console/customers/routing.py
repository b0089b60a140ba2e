"""The pages about customers, in one place."""

from litestar import Controller

from leumund.web.console.customers.care import CareController
from leumund.web.console.customers.care_deeds import CareDeedController
from leumund.web.console.customers.care_settings import CareSettingController
from leumund.web.console.customers.classes import ClassController
from leumund.web.console.customers.consent_files import ConsentFileController
from leumund.web.console.customers.consents import ConsentController
from leumund.web.console.customers.customer_claims import CustomerClaimController
from leumund.web.console.customers.customers import CustomerController
from leumund.web.console.customers.imports import ImportController
from leumund.web.console.customers.scores import ScoreController
from leumund.web.console.customers.segment_drafts import SegmentDraftController
from leumund.web.console.customers.segment_taking import SegmentTakingController
from leumund.web.console.customers.segments import SegmentController

CONTROLLERS: tuple[type[Controller], ...] = (
    CareController,
    CareDeedController,
    CareSettingController,
    ClassController,
    ConsentFileController,
    ConsentController,
    CustomerClaimController,
    CustomerController,
    ImportController,
    ScoreController,
    SegmentDraftController,
    SegmentTakingController,
    SegmentController,
)
