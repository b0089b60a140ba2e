"""The preference centre in the portal: the same page, for the person whose session this is."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.customers.changing import choosing
from leumund.customers.changing.choosing import WordingChanged
from leumund.customers.records import finding
from leumund.kit import clock
from leumund.web import entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import preferring, visitors
from leumund.web.public.visitors import NotSignedIn

_BASE, _TEMPLATE = "/portal/preferences", "portal_preferences.html"


class PortalPreferenceController(Controller):
    """``/portal/preferences``, a choice under it, and the button that stops everything."""

    path = _BASE
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await visitors.signed_in(request))

    @post("/stop", status_code=200)
    async def stop(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _stop(request, await visitors.signed_in(request))

    @post("/{purpose:str}", status_code=200)
    async def choose(self, request: Request[Any, Any, Any], purpose: FromPath[str]) -> Response[str]:
        customer, told = await visitors.signed_in(request), await preferring.told(request, source=choosing.SOURCE)
        choice = preferring.chosen(sent := await forms.filled(request), purpose)
        if preferring.stops_all(request, choice):
            return await _stop(request, customer)
        try:
            async with entering.inside(request):
                await choosing.choose(customer=customer, choice=choice, page=told, at=clock.now())
        except WordingChanged as fault:
            return await _page(request, customer, forms.refused(sent, fault, told.language))
        return await _page(request, customer, Tried(done="saved"))


async def _stop(request: Request[Any, Any, Any], customer: UUID) -> Response[str]:
    told = await preferring.told(request, source=choosing.SOURCE)
    async with entering.inside(request):
        await choosing.stop(customer=customer, page=told, at=clock.now())
    return await _page(request, customer, Tried(done="stopped"))


async def _page(request: Request[Any, Any, Any], customer: UUID, tried: Tried = UNTRIED) -> Response[str]:
    lang = await entering.language(request)
    async with entering.reading(request):
        person = await finding.by_id(customer=customer)
        if person is None or person.email is None:
            # The record went while the session was open.
            raise NotSignedIn
        seen = await preferring.look(person, lang)
    return await preferring.page(request, seen, tried, base=_BASE, template=_TEMPLATE)
