"""The pages about who gets in and what they did, in one place."""

from litestar import Controller

from leumund.web.console.access.audit import AuditController
from leumund.web.console.access.domains import DomainController
from leumund.web.console.access.enrolling import EnrolController
from leumund.web.console.access.isolation import IsolationController
from leumund.web.console.access.keys import KeyController
from leumund.web.console.access.leaving import LeavingController
from leumund.web.console.access.mail import MailController
from leumund.web.console.access.signing_in import SignInController
from leumund.web.console.access.support import SupportController
from leumund.web.console.access.team import TeamController
from leumund.web.console.access.twin import TwinController
from leumund.web.console.access.webhooks import WebhookController

CONTROLLERS: tuple[type[Controller], ...] = (
    AuditController,
    DomainController,
    EnrolController,
    IsolationController,
    KeyController,
    LeavingController,
    MailController,
    SignInController,
    SupportController,
    TeamController,
    TwinController,
    WebhookController,
)
