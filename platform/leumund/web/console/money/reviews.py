"""Reviews: what waits for a person, each with its signs in words, and a decision about one or about many at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.referrals.signs import rules as signs
from leumund.rewards import deciding, doubting, queueing, refusing, reviewing, valuing
from leumund.rewards.refusing import Refusal
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import entering, naming, one_by_one
from leumund.web.console.one_by_one import Deed, Told
from leumund.web.forms import UNTRIED, Tried

HERE = "/console/reviews"
SEE, DECIDE = "referrals.see", "referrals.decide"
# To sum up decides nothing: it says what all that is ticked would bring.
_VERDICTS = ("approved", "refused", "summed")


class ReviewController(Controller):
    """``/console/reviews``: the queue, and a decision about whatever is ticked."""

    path = "/reviews"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Seven queries, however many wait: the session, the queue, two for how many there are here and in doubt, and
        three for what they would bring; one more where a version asks for an age.
        """
        return await _page(request, await entering.member(request, SEE))

    @post(status_code=200)
    async def decide(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Each ticked one in a transaction of its own: what fails holds up no other, and is told row by row."""
        who, sent = await entering.member(request, DECIDE), await forms.listed(request)
        said, ticked = (
            {name: values[0] for name, values in sent.items() if values and name != "referral"},
            _ticked(sent),
        )
        try:
            chosen = one_by_one.chosen(ticked, fault="errors.reviews.nothing_chosen", field="referral")
            verdict = forms.chosen(said, "verdict", _VERDICTS, fault="errors.reviews.no_verdict")
            if verdict == "summed":
                return await _page(request, who, Tried(sent=said), ticked=ticked)
            deed = _deed(verdict, said, who)
        except (Refused, Refusals) as fault:
            tried = forms.refused(said, fault, entering.language(request))
            return await _page(request, who, tried, ticked=ticked)
        told = await one_by_one.decide(request, [(referral, deed) for referral in chosen])
        return await _page(request, who, Tried(done=verdict), told=told)


def _ticked(sent: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return sent.get("referral", [])


def _deed(verdict: str, said: Mapping[str, str], who: Member) -> Deed:
    """What is done to each. Raises what refusing.require raises."""
    refusal = Refusal(category=said.get("category", ""), words=said.get("reason", ""))
    if verdict == "refused":
        refusing.require(refusal)

    async def deed(referral: UUID) -> bool:
        if verdict == "approved":
            return await reviewing.approve(referral=referral, by=who.id, at=clock.now())
        await reviewing.refuse(referral=referral, refusal=refusal, by=who.id, at=clock.now())
        return True

    return deed


def _sums(worth: Mapping[UUID, Iterable[valuing.Value]], ticked: Collection[str]) -> dict[str, Any]:
    """What a page would bring, and what is ticked of it: its sum was asked for, or something was wrong beside it."""
    chosen = [values for referral, values in worth.items() if str(referral) in ticked]
    return {
        "total": valuing.total(chain(*worth.values())),
        "chosen": len(chosen),
        "chosen_total": valuing.total(chain(*chosen)),
    }


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    tried: Tried = UNTRIED,
    *,
    told: Told = one_by_one.NOTHING,
    ticked: Sequence[str] = (),
) -> Response[str]:
    say, at = await saying.here(request), clock.now()
    order = naming.chosen(request, "order", queueing.ORDERS) or queueing.ORDERS[0]
    sign = naming.chosen(request, "sign", signs.SIGNS)
    async with entering.reading(request):
        page = await queueing.queue(order=order, sign=sign, after=paging.after(request))
        waiting, doubts = await queueing.waiting(), await doubting.count()
        worth = await valuing.of_referrals(waiting={each.id: each.held for each in page.rows}, at=at)
    return await entering.page(
        request,
        who,
        "console_reviews.html",
        say=say,
        queue=page.rows,
        worth=worth,
        **_sums(worth, set(ticked)),
        ways=paging.onward(request, page),
        waiting=waiting,
        doubts=doubts,
        order=order,
        orders=queueing.ORDERS,
        # The frame has a macro of that name.
        by_sign=sign,
        kinds=signs.SIGNS,
        categories=deciding.CATEGORIES,
        **told._asdict(),
        ticked=set(ticked),
        now=at,
        **tried.shown(category="", reason=""),
    )
