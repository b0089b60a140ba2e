"""The share kit: words for every way of sharing, codes to say and to choose, a QR code to hold up, and what is printed.

Everything is sent from the person's own device, to whom they choose there: no field of it takes anybody else's address.
"""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.customers.records import finding
from leumund.kit import clock, printed, qr
from leumund.kit.faults import Refusals, Refused
from leumund.referrals import sharing as links
from leumund.referrals.codes import allowing, claiming, drawing
from leumund.tenancy.arriving import tenant_of
from leumund.web import answering, dressing, entering, forms, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import products, sharing, visitors
from leumund.web.public.sharing import Kit
from leumund.web.public.visitors import NotSignedIn

_HOME = "/portal/share"
_DONE = ("chosen", "drawn")


class NothingToShare(Exception):
    """They take no part in what runs: the portal says what there is for them."""


def to_portal(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    """Lead whoever has no link to all they have."""
    return entering.redirect(request, "/portal")


FAULTS: ExceptionHandlersMap = {**visitors.FAULTS, NothingToShare: to_portal}


class PortalShareController(Controller):
    """``/portal/share``, its codes, the QR code as large as the screen, and each product as a file."""

    path = _HOME
    exception_handlers = FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        customer = await visitors.signed_in(request)
        return await _page(request, customer, forms.done(request, _DONE))

    @post("/code", status_code=200)
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A code of one's own choice; the form comes back with what is wrong about it."""
        customer, sent, at = await visitors.signed_in(request), await forms.filled(request), clock.now()
        kit = await kit_of(request, customer)
        try:
            async with entering.inside(request):
                await claiming.claim(customer=customer, program=kit.offer.id, wish=sent.get("code", ""), at=at)
        except (Refused, Refusals) as fault:
            return await _page(request, customer, forms.refused(sent, fault, await entering.language(request)))
        return entering.redirect(request, f"{_HOME}?done=chosen#own")

    @post("/spoken")
    async def draw(self, request: Request[Any, Any, Any]) -> Redirect:
        """A code to be said, for a link from before there were any."""
        customer, at = await visitors.signed_in(request), clock.now()
        kit = await kit_of(request, customer)
        async with entering.inside(request):
            link = await links.standing(customer=customer, program=kit.offer.id)
            if link is not None:
                await drawing.draw(link=link.id, advocate=customer, at=at)
        return entering.redirect(request, f"{_HOME}?done=drawn#spoken")

    @get("/qr")
    async def large(self, request: Request[Any, Any, Any]) -> Response[str]:
        """To be held up to somebody's phone."""
        kit = await kit_of(request, await visitors.signed_in(request))
        return await answering.page(request, "portal_share_qr.html", shared=kit.shared)

    @get("/{product:str}/print.pdf")
    async def as_printed(self, request: Request[Any, Any, Any], product: FromPath[str]) -> Response[Any]:
        """One of PRODUCTS, in the language that is asked for."""
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        if product not in printed.PRODUCTS:
            raise NotFoundException
        sheet = await products.of_advocate(request, await kit_of(request, customer), lang=lang)
        made = await asyncio.to_thread(printed.pdf, product, sheet)
        return answering.file(made, name=f"{tenant_of(request.scope).slug}-{product}-{lang}.pdf")


async def kit_of(request: Request[Any, Any, Any], customer: UUID) -> Kit:
    """What they share with. Raises NotSignedIn, NothingToShare."""
    lang = await entering.language(request)
    async with entering.reading(request):
        person = await finding.by_id(customer=customer)
        if person is None:
            # The record went while the session was open.
            raise NotSignedIn
        kit = await sharing.kit_of(customer=customer, name=person.given_name or "", language=lang, at=clock.now())
    if kit is None:
        raise NothingToShare
    return kit


async def _page(request: Request[Any, Any, Any], customer: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """Six queries beside the session's, however many codes there are."""
    kit, lang = await kit_of(request, customer), await entering.language(request)
    profile = (await dressing.dress_of(request)).profile
    chosen = [each for each in kit.codes if each.kind == "chosen"]
    return await answering.page(
        request,
        "portal_share.html",
        **tried.shown(code=""),
        shared=kit.shared,
        ways=sharing.ways(kit, company=profile.name, language=lang, at=clock.now()),
        chosen=chosen,
        most=claiming.MOST,
        longest=allowing.LONGEST,
        products=list(printed.PRODUCTS),
        sizes=list(qr.SIZES),
        day=(await saying.to_visitor(request)).day,
        logout_action="/portal/logout",
    )
