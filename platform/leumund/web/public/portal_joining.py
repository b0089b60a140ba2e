"""Taking part in the portal: a customer is offered what runs, and so is whoever took part in what has ended."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.customers.changing import choosing
from leumund.customers.records import finding
from leumund.kit import clock
from leumund.programs import joining
from leumund.web import entering
from leumund.web.public import taking_part, visitors, wordings
from leumund.web.public.taking_part import Offered
from leumund.web.public.visitors import NotSignedIn


class NothingNew(Exception):
    """They take part in what is live, or nothing is, or they are a friend who has not bought yet."""


def to_portal(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever is offered nothing new to all they have."""
    return entering.redirect(request, "/portal")


_FAULTS: ExceptionHandlersMap = {**visitors.FAULTS, NothingNew: to_portal}


class PortalJoinController(Controller):
    """``/portal/join`` and ``/portal/join/<program>``: for the person whose session this is, and nobody else."""

    path = "/portal/join"
    exception_handlers = _FAULTS

    @get(["", "/{program:str}"])
    async def show(self, request: Request[Any, Any, Any], program: FromPath[str] = "") -> Response[str]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        async with entering.reading(request):
            offered = await _look(customer, lang, program)
        return await taking_part.page(request, offered, lang)

    @post(["", "/{program:str}"], status_code=200)
    async def join(self, request: Request[Any, Any, Any], program: FromPath[str] = "") -> Response[str]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        return await taking_part.accept(request, partial(_look, customer, lang, program))


async def _look(customer: UUID, lang: str, program: str) -> Offered:
    """The ``program`` called so, else the first they may join. Raises NotSignedIn, NothingNew."""
    person = await finding.by_id(customer=customer)
    if person is None:
        # The record went while the session was open.
        raise NotSignedIn
    offers = await joining.offered_anew(customer=customer, at=clock.now())
    offer = next((each for each in offers if program in ("", each.key)), None)
    if offer is None or person.email is None:
        raise NothingNew
    return Offered(
        customer=customer,
        email=person.email,
        offer=offer,
        source=choosing.SOURCE,
        action=f"/portal/join/{offer.key}",
        url="/portal/join",
        template="portal_join.html",
        wordings=await wordings.shown(language=lang, customer=customer, offer=offer),
        greeting=await _greeting(customer),
    )


async def _greeting(customer: UUID) -> str:
    """``first`` for whoever takes part in nothing, ``more`` beside what runs, ``anew`` after what has ended."""
    if not await joining.takes_part_in_any(customer=customer):
        return "first"
    return "more" if await joining.takes_part_in_what_runs(customer=customer, at=clock.now()) else "anew"
