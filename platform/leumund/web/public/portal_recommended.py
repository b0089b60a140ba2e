"""Who recommended you? Somebody who came without a link names it by a code, in their portal, before or after buying."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refused, TooSoon
from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.referrals.claims import asking
from leumund.referrals.codes import reading
from leumund.rewards import recognising
from leumund.web import answering, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import pacing, visitors

_PATH = "/portal/recommended"


class Seen(NamedTuple):
    """Whether it is still open who recommended them, and what runs, with its conditions."""

    is_open: bool
    offers: list[Offer]


class PortalRecommendedController(Controller):
    """``/portal/recommended``: for the person whose session this is; a shop links to it where an order is done."""

    path = _PATH
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await visitors.signed_in(request), forms.done(request, ("named",)))

    @post(status_code=200)
    async def name(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Counted by where it comes from, so that nobody tries out codes."""
        customer, sent = await visitors.signed_in(request), await forms.filled(request)
        code = sent.get("code", "")[: reading.LONGEST]
        try:
            await pacing.count(request)
            async with entering.inside(request):
                await recognising.choose(customer=customer, code=code, at=clock.now())
        except Refused as fault:
            tried = forms.refused({"code": code}, fault, await entering.language(request))
            return await _page(request, customer, tried, fault)
        return entering.redirect(request, f"{_PATH}?done=named")


async def _page(
    request: Request[Any, Any, Any], customer: UUID, tried: Tried = UNTRIED, fault: Refused | None = None
) -> Response[str]:
    """Two queries."""
    lang = await entering.language(request)
    async with entering.reading(request):
        seen = await _look(customer)
    told = [(each.title(lang), each.version.terms.get(lang, "")) for each in seen.offers]
    answer = await answering.page(
        request,
        "portal_recommended.html",
        path=_PATH,
        is_open=seen.is_open,
        conditions=[(title, terms) for title, terms in told if terms],
        longest=reading.LONGEST,
        **tried.shown(code=""),
    )
    if isinstance(fault, TooSoon):
        answer.status_code = 429
        answer.set_header("retry-after", str(fault.wait_seconds))
    return answer


async def _look(customer: UUID) -> Seen:
    at = clock.now()
    return Seen(await asking.is_open(customer=customer, at=at), await offering.running(at=at))
