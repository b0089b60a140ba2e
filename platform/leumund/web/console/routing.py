"""Every page of this entrance in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import refusing
from leumund.web.console import entering
from leumund.web.console.audit import AuditController
from leumund.web.console.charts import ChartController
from leumund.web.console.customers import CustomerController
from leumund.web.console.domains import DomainController
from leumund.web.console.enrolling import EnrolController
from leumund.web.console.entering import Forbidden, NotSignedIn
from leumund.web.console.imports import ImportController
from leumund.web.console.isolation import IsolationController
from leumund.web.console.keys import KeyController
from leumund.web.console.leaving import LeavingController
from leumund.web.console.overview import OverviewController
from leumund.web.console.program import ProgramController
from leumund.web.console.referrals import ReferralController
from leumund.web.console.rewards import RewardController
from leumund.web.console.signing_in import SignInController
from leumund.web.console.support import SupportController
from leumund.web.console.surveys import SurveyController
from leumund.web.console.team import TeamController
from leumund.web.defending import SameOriginForms
from leumund.web.refusing import FAULTS


def routes() -> list[ControllerRouterHandler]:
    """What staff open; each handler asks who it is before anything else."""
    return [
        Router(
            path="/console",
            route_handlers=[*_pages(), *_access()],
            middleware=[SameOriginForms()],
            exception_handlers={
                **FAULTS,
                NotSignedIn: entering.to_login,
                Forbidden: refusing.later(entering.forbidden),
            },
        )
    ]


def _pages() -> list[ControllerRouterHandler]:
    """What a program does: customers, surveys, referrals, rewards."""
    return [
        OverviewController,
        ChartController,
        CustomerController,
        ImportController,
        SurveyController,
        ReferralController,
        RewardController,
        ProgramController,
    ]


def _access() -> list[ControllerRouterHandler]:
    """Who gets in, and what they did."""
    return [
        SignInController,
        EnrolController,
        TeamController,
        KeyController,
        DomainController,
        AuditController,
        IsolationController,
        SupportController,
        LeavingController,
    ]
