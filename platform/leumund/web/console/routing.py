"""Every page of this entrance in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import refusing
from leumund.web.console import entering
from leumund.web.console.entering import Forbidden, NotSignedIn
from leumund.web.defending import SameOriginForms
from leumund.web.refusing import COMPANY_FAULTS


def routes() -> list[ControllerRouterHandler]:
    """What staff open; each handler asks who it is before anything else."""
    return [
        Router(
            path="/console",
            route_handlers=[*_pages(), *_access()],
            middleware=[SameOriginForms()],
            exception_handlers={
                **COMPANY_FAULTS,
                NotSignedIn: entering.to_login,
                Forbidden: refusing.later(entering.forbidden),
            },
        )
    ]


def _pages() -> list[ControllerRouterHandler]:
    """What a program does: customers, surveys, referrals, rewards."""
    return []


def _access() -> list[ControllerRouterHandler]:
    """Who gets in, and what they did."""
    return []
