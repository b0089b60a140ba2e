"""Reviews: what waits for a person, each with its signs in words, and a decision about one or about many at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.referrals.signs import rules as signs
from leumund.rewards import deciding, queueing, refusing, reviewing
from leumund.rewards.refusing import Refusal
from leumund.staff.members import Member
from leumund.web import answering, forms, paging, saying
from leumund.web.console import entering, naming
from leumund.web.forms import UNTRIED, Tried

HERE = "/console/reviews"
SEE, DECIDE = "referrals.see", "referrals.decide"
_VERDICTS = ("approved", "refused")


class Failed(NamedTuple):
    """One that could not be decided, and why."""

    referral: UUID
    why: str


class NothingChosen(Refused):
    """No box was ticked, or too many."""


class ReviewController(Controller):
    """``/console/reviews``: the queue, and a decision about whatever is ticked."""

    path = "/reviews"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Three queries, however many wait: the session, the queue, and how many there are."""
        return await _page(request, await entering.member(request, SEE))

    @post(status_code=200)
    async def decide(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Each ticked one in a transaction of its own: what fails holds up no other, and is told row by row."""
        who, sent = await entering.member(request, DECIDE), await forms.listed(request)
        said = {name: values[0] for name, values in sent.items() if values and name != "referral"}
        try:
            chosen, deed = _chosen(sent.get("referral", [])), _deed(said, who)
        except (Refused, Refusals) as fault:
            tried = forms.refused(said, fault, entering.language(request))
            return await _page(request, who, tried, ticked=sent.get("referral", []))
        told = [await _one(request, referral, deed) for referral in chosen]
        failed = [each for each in told if isinstance(each, Failed)]
        tried = Tried(done=said["verdict"])
        return await _page(request, who, tried, failed=failed, decided=told.count(True), halves=told.count(False))


def _chosen(ticked: Sequence[str]) -> list[UUID]:
    """Raises NothingChosen."""
    chosen = list(dict.fromkeys(naming.known(each) for each in ticked))
    if not 0 < len(chosen) <= queueing.MOST:
        raise NothingChosen("errors.reviews.nothing_chosen", field="referral", most=queueing.MOST)
    return chosen


def _deed(said: Mapping[str, str], who: Member) -> Callable[[UUID], Awaitable[bool]]:
    """What is done to each. Raises NotChosen, and what refusing.require raises."""
    verdict = forms.chosen(said, "verdict", _VERDICTS, fault="errors.reviews.no_verdict")
    refusal = Refusal(category=said.get("category", ""), words=said.get("reason", ""))
    if verdict == "refused":
        refusing.require(refusal)

    async def deed(referral: UUID) -> bool:
        if verdict == "approved":
            return await reviewing.approve(referral=referral, by=who.id, at=clock.now())
        await reviewing.refuse(referral=referral, refusal=refusal, by=who.id, at=clock.now())
        return True

    return deed


async def _one(
    request: Request[Any, Any, Any], referral: UUID, deed: Callable[[UUID], Awaitable[bool]]
) -> bool | Failed:
    """Whether it is decided now, or waits for another member to approve it too."""
    try:
        async with entering.inside(request):
            return await deed(referral)
    except Refused as fault:
        told = answering.errors_of(fault, entering.language(request))
        return Failed(referral, " ".join(told.values()))


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    tried: Tried = UNTRIED,
    *,
    failed: Sequence[Failed] = (),
    decided: int = 0,
    halves: int = 0,
    ticked: Sequence[str] = (),
) -> Response[str]:
    say = await saying.here(request)
    order = naming.chosen(request, "order", queueing.ORDERS) or queueing.ORDERS[0]
    sign = naming.chosen(request, "sign", signs.SIGNS)
    async with entering.reading(request):
        page = await queueing.queue(order=order, sign=sign, after=paging.after(request))
        waiting = await queueing.waiting()
    return await entering.page(
        request,
        who,
        "console_reviews.html",
        say=say,
        queue=page.rows,
        ways=paging.onward(request, page),
        waiting=waiting,
        order=order,
        orders=queueing.ORDERS,
        # The frame has a macro of that name.
        by_sign=sign,
        kinds=signs.SIGNS,
        categories=deciding.CATEGORIES,
        failed=failed,
        decided=decided,
        halves=halves,
        ticked=set(ticked),
        now=clock.now(),
        **tried.shown(category="", reason=""),
    )
