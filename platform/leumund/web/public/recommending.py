"""Where a customer who heard of a program asks to take part: who may gets a link into the portal by mail.

Nobody learns by it who is a customer: the answer is the same for everybody, and takes as long.
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.customers.notation import normalising
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.programs import offering
from leumund.programs.offering import NoProgram
from leumund.programs.offers import Offer
from leumund.rewards import asking
from leumund.web import answering, dressing, entering, forms, refusing
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import offers, pacing

_FAULTS: ExceptionHandlersMap = {NoProgram: refusing.later(refusing.unknown)}


class RecommendController(Controller):
    """``/recommend/<program>``: one that rests, has ended, or is another company's answers one and the same 404."""

    path = "/recommend/{program:str}"
    exception_handlers = _FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        """One query."""
        return await _page(request, await _running(request, program))

    @post(status_code=200)
    async def ask(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        lang, sent = await entering.language(request), await forms.filled(request)
        offer = await _running(request, program)
        try:
            email = normalising.email(sent.get("email", ""))
            await pacing.count(request)
        except Refused as fault:
            return forms.timed(await _page(request, offer, forms.refused(sent, fault, lang)), fault)
        async with pacing.evened(), entering.inside(request):
            await asking.ask_to_join(email=email, program=offer.key, language=lang, at=clock.now())
        return await answering.page(request, "recommend_sent.html")


async def _running(request: Request[Any, Any, Any], program: str) -> Offer:
    """Raises NoProgram."""
    async with entering.reading(request):
        running = await offering.running(at=clock.now())
    found = next((offer for offer in running if offer.key == program), None)
    if found is None:
        raise NoProgram
    return found


async def _page(request: Request[Any, Any, Any], offer: Offer, tried: Tried = UNTRIED) -> Response[str]:
    lang, company = await entering.language(request), (await dressing.dress_of(request)).profile.name
    return await answering.page(
        request,
        "recommend.html",
        offer=offers.to_advocate(offer, company=company, language=lang, at=clock.now()),
        action=f"/recommend/{offer.key}",
        **tried.shown(email=""),
    )
