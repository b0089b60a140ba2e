"""Every page of this entrance in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import forms
from leumund.web.defending import SameOriginForms
from leumund.web.operator import entering
from leumund.web.operator.companies import CompaniesController
from leumund.web.operator.entering import NotSignedIn
from leumund.web.operator.letters import LettersController
from leumund.web.operator.log import LogController
from leumund.web.operator.login import LoginController
from leumund.web.operator.served import ServedController
from leumund.web.operator.sight import SightController
from leumund.web.operator.support import SupportController
from leumund.web.public.theme import ThemeController


def routes() -> list[ControllerRouterHandler]:
    """What the base domain serves: the operator's pages and the theme's files they load."""
    controllers: list[ControllerRouterHandler] = [
        ThemeController,
        LoginController,
        CompaniesController,
        SupportController,
        SightController,
        LettersController,
        LogController,
        ServedController,
    ]
    return [
        Router(
            path="/",
            route_handlers=controllers,
            middleware=[SameOriginForms()],
            exception_handlers={NotSignedIn: entering.to_login},
            request_max_body_size=forms.MOST_BODY_BYTES,
        )
    ]
