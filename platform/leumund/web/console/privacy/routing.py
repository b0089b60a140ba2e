"""The pages that the law asks for, in one place."""

from litestar import Controller

from leumund.web.console.privacy.agreement import AgreementController
from leumund.web.console.privacy.breaches import BreachController
from leumund.web.console.privacy.case_deeds import CaseDeedController
from leumund.web.console.privacy.case_entering import CaseEntryController
from leumund.web.console.privacy.cases import CaseController
from leumund.web.console.privacy.records import RecordController
from leumund.web.console.privacy.retention import RetentionController

CONTROLLERS: tuple[type[Controller], ...] = (
    AgreementController,
    BreachController,
    CaseDeedController,
    CaseEntryController,
    CaseController,
    RecordController,
    RetentionController,
)
