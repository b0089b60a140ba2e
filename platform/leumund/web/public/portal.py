"""The advocate's portal: the link and its code, what became of it, and what may be written to them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from litestar import Controller, Request, Response, get
from litestar.types import ExceptionHandlersMap

from leumund.consent import reading as consents
from leumund.consent.reading import Standing
from leumund.customers import finding
from leumund.customers.finding import Person
from leumund.kit import clock, money
from leumund.kit.money import Money
from leumund.programs import offering
from leumund.programs.offering import NoProgram, Offer
from leumund.referrals import drawing, sharing
from leumund.rewards import listing
from leumund.theming import tokens as design
from leumund.web import answering, dressing, entering, refusing
from leumund.web.public import sharing as ways
from leumund.web.public import visitors
from leumund.web.public.visitors import NotSignedIn

_TOTALS = {"pending": "pending", "available": "approved"}
_PICTURE = {"cache-control": "no-store", "content-security-policy": "default-src 'none'; sandbox"}


class Seen(NamedTuple):
    """All that one advocate sees, read in one scope."""

    person: Person
    offer: Offer
    link: str
    referrals: list[dict[str, Any]]
    rewards: list[dict[str, Any]]
    consents: list[Standing]


_FAULTS: ExceptionHandlersMap = {NotSignedIn: visitors.to_login, NoProgram: refusing.later(refusing.unknown)}


class PortalController(Controller):
    """``/portal`` and the link as a QR code; everybody sees their own and nobody else's."""

    path = "/portal"
    exception_handlers = _FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        async with entering.reading(request):
            seen = await _look(customer, lang, clock.now())
        return await _page(request, seen, lang)

    @get("/qr.svg")
    async def svg(self, request: Request[Any, Any, Any]) -> Response[str]:
        link, color = await _link(request), await _color(request)
        return Response(drawing.svg(link, color=color), media_type="image/svg+xml", headers=_PICTURE)

    @get("/qr.png")
    async def png(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        link, color = await _link(request), await _color(request)
        return Response(drawing.png(link, color=color), media_type="image/png", headers=_PICTURE)


async def _look(customer: UUID, lang: str, at: datetime) -> Seen:
    person = await finding.by_id(customer=customer)
    if person is None:
        # The record went while the session was open.
        raise NotSignedIn
    offer = await offering.current()
    code = await sharing.code_of(customer=customer, program=offer.id, at=at)
    return Seen(
        person=person,
        offer=offer,
        link=sharing.address(code),
        referrals=await listing.referrals_of(advocate=customer),
        rewards=await listing.rewards_of(customer=customer),
        consents=await consents.standing(customer=customer, language=lang),
    )


async def _page(request: Request[Any, Any, Any], seen: Seen, lang: str) -> Response[str]:
    profile = (await dressing.dress_of(request)).profile

    def when(moment: datetime) -> str:
        return format_date(moment.astimezone(ZoneInfo(profile.time_zone)).date(), locale=lang)

    return await answering.page(
        request,
        "portal.html",
        customer_name=seen.person.given_name or seen.person.email or "",
        link=seen.link,
        qr_svg_url="/portal/qr.svg",
        qr_png_url="/portal/qr.png",
        share=ways.ways(seen.offer, link=seen.link, company=profile.name, language=lang),
        program={"headline": seen.offer.text("headline", lang), "text": seen.offer.text("text", lang)},
        referrals=[{"when": when(each["at"]), "state_key": each["state"]} for each in seen.referrals],
        rewards=[
            {
                "amount": money.text(Money(each["cents"], each["currency"]), lang),
                "state_key": each["state"],
                "when": when(each["at"]),
                "kind": each["kind"],
            }
            for each in seen.rewards
        ],
        totals={name: _sum(seen, state, lang) for name, state in _TOTALS.items()},
        consents=[
            {
                "purpose": each.purpose,
                "title": each.title,
                "given": bool(each.given),
                "action": f"/portal/consents/{each.purpose}",
            }
            for each in seen.consents
        ],
        logout_action="/portal/logout",
    )


def _sum(seen: Seen, state: str, lang: str) -> str:
    cents = sum(
        each["cents"] for each in seen.rewards if (each["state"], each["currency"]) == (state, seen.offer.currency)
    )
    return money.text(Money(cents, seen.offer.currency), lang)


async def _link(request: Request[Any, Any, Any]) -> str:
    customer = await visitors.signed_in(request)
    async with entering.reading(request):
        offer = await offering.current()
        return sharing.address(await sharing.code_of(customer=customer, program=offer.id, at=clock.now()))


async def _color(request: Request[Any, Any, Any]) -> str:
    look = (await dressing.dress_of(request)).look
    return design.tuned(theme=look.theme, tokens=look.tokens)["color-brand"]
