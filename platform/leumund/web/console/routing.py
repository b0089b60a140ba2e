"""Every page of this entrance in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import refusing
from leumund.web.console import entering
from leumund.web.console.access import routing as access
from leumund.web.console.charts import ChartController
from leumund.web.console.customers import routing as customers
from leumund.web.console.entering import Forbidden, NotSignedIn
from leumund.web.console.messages import routing as messages
from leumund.web.console.money import routing as money
from leumund.web.console.offer import routing as offer
from leumund.web.console.overview import OverviewController
from leumund.web.console.privacy import routing as privacy
from leumund.web.console.surveys import routing as surveys
from leumund.web.defending import SameOriginForms
from leumund.web.refusing import FAULTS


def routes() -> list[ControllerRouterHandler]:
    """What staff open; each handler asks who it is before anything else."""
    return [
        Router(
            path="/console",
            route_handlers=[
                OverviewController,
                ChartController,
                *offer.CONTROLLERS,
                *money.CONTROLLERS,
                *messages.CONTROLLERS,
                *customers.CONTROLLERS,
                *surveys.CONTROLLERS,
                *privacy.CONTROLLERS,
                *access.CONTROLLERS,
            ],
            middleware=[SameOriginForms()],
            exception_handlers={
                **FAULTS,
                NotSignedIn: entering.to_login,
                Forbidden: refusing.later(entering.forbidden),
            },
        )
    ]
