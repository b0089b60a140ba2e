"""What each sign weighs in a program, and what other weights would have had somebody look at."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.referrals.signs import rules, temporary, weighing
from leumund.referrals.signs.weighing import Trial
from leumund.rewards import contesting
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried

HERE = "/console/reviews/signs"
SEE, WEIGH = "program.see", "signs.weigh"
_DONE = ("saved", "term")
# No weight there is, so that what is no number is refused as one that is too large is.
_NONE = -1


class ReviewSignController(Controller):
    """``/console/reviews/signs``: weights to see, to try and to choose; ``program`` is a program's key."""

    path = "/reviews/signs"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Five queries: the session, the programs twice, what one says of its signs, and how long people may object."""
        who = await entering.member(request, SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @post(status_code=200)
    async def weigh(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """Keep the weights, or only say what they would do where ``deed`` is to try them."""
        who, sent = await entering.member(request, WEIGH), await forms.filled(request)
        wanted = {name: forms.whole(sent, name, otherwise=_NONE) for name in rules.TUNABLE}
        try:
            async with entering.inside(request):
                offer = await _chosen(request)
                if sent.get("deed") == "try":
                    trial = await weighing.preview(program=offer.id, wanted=wanted)
                else:
                    await weighing.weigh(program=offer.id, wanted=wanted, actor=who.actor, at=clock.now())
                    return entering.redirect(request, f"{HERE}?program={offer.key}&done=saved")
        except Refusals as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return await _page(request, who, Tried(sent), trial=trial)

    @post("/term", status_code=200)
    async def let_object(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """How long people are told they may object to a refusal, whichever program it was."""
        who, sent = await entering.member(request, WEIGH), await forms.filled(request)
        try:
            async with entering.inside(request):
                await contesting.let_object_within(days=forms.whole(sent, "days"), actor=who.actor, at=clock.now())
        except Refused as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}?done=term")


async def _chosen(request: Request[Any, Any, Any]) -> Offer:
    """The program the address names, else the one the company runs. Raises Unknown where there is none."""
    wanted, offers = paging.asked(request, "program"), await offering.all_offers()
    for offer in offers:
        if offer.key == wanted:
            return offer
    if wanted or not offers:
        raise Unknown("errors.http.404.message")
    return next((offer for offer in offers if offer.state == "live"), offers[0])


async def _page(
    request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED, *, trial: Trial | None = None
) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        offer = await _chosen(request)
        weights: Mapping[str, int] = await weighing.weights(program=offer.id)
        offers, days = await offering.all_offers(), await contesting.object_within_days()
    return await entering.page(
        request,
        who,
        "console_review_signs.html",
        say=say,
        offer=offer,
        offers=offers,
        weights=weights,
        ours=rules.WEIGHTS,
        limit=rules.LOOK_FROM,
        listed=temporary.listed(),
        trial=trial,
        **tried.shown(days=str(days)),
    )
