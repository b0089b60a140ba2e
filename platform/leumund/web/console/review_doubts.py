"""What waits for a person after its referral was approved: later orders in doubt, and milestones that were lost."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.rewards import deciding, doubting, queueing, waiving
from leumund.staff.members import Member
from leumund.web import answering, forms, paging, saying
from leumund.web.console import entering, naming
from leumund.web.forms import UNTRIED, Tried

SEE, DECIDE = "referrals.see", "referrals.decide"
_KINDS: tuple[Literal["conversion", "reward"], ...] = ("conversion", "reward")
_VERDICTS = ("granted", "denied")


class NothingTicked(Refused):
    """No box was ticked, or too many."""


class Decision(NamedTuple):
    """What a member decides about all that is ticked; ``why`` is there where it is denied."""

    granted: bool
    why: deciding.Category | None
    by: UUID


class ReviewDoubtController(Controller):
    """``/console/reviews/doubts``: the list, and a decision about whatever is ticked."""

    path = "/reviews/doubts"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Two queries, however many wait: the session and the list."""
        return await _page(request, await entering.member(request, SEE))

    @post(status_code=200)
    async def decide(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Each ticked one in a transaction of its own: what fails holds up no other, and is told one by one."""
        who, sent = await entering.member(request, DECIDE), await forms.listed(request)
        said = {name: values[0] for name, values in sent.items() if values and name not in _KINDS}
        try:
            ticked, decision = _ticked(sent), _decision(said, who)
        except (Refused, Refusals) as fault:
            tried = forms.refused(said, fault, entering.language(request))
            return await _page(request, who, tried, ticked=[each for kind in _KINDS for each in sent.get(kind, [])])
        told = [await _one(request, kind, each, decision) for kind, each in ticked]
        return await _page(request, who, Tried(done=said["verdict"]), told=told)


def _ticked(sent: Mapping[str, Sequence[str]]) -> Sequence[tuple[str, UUID]]:
    """Raises NothingTicked."""
    ticked = list(dict.fromkeys((kind, naming.known(each)) for kind in _KINDS for each in sent.get(kind, [])))
    if not 0 < len(ticked) <= queueing.MOST:
        raise NothingTicked("errors.doubts.nothing_ticked", field="ticked", most=queueing.MOST)
    return ticked


def _decision(said: Mapping[str, str], who: Member) -> Decision:
    """Raises NotChosen."""
    verdict = forms.chosen(said, "verdict", _VERDICTS, fault="errors.doubts.no_verdict")
    if verdict == "granted":
        return Decision(granted=True, why=None, by=who.id)
    why = forms.chosen(said, "category", deciding.CATEGORIES, fault="errors.doubts.no_reason")
    return Decision(granted=False, why=why, by=who.id)


async def _one(request: Request[Any, Any, Any], kind: str, each: UUID, decision: Decision) -> bool | str:
    """Whether it is decided now, or waits for another member to approve it too; else why it could not be."""
    try:
        async with entering.inside(request):
            return await _decide(kind, each, decision)
    except Refused as fault:
        return " ".join(answering.errors_of(fault, entering.language(request)).values())


async def _decide(kind: str, each: UUID, decision: Decision) -> bool:
    now, by = clock.now(), decision.by
    if kind == "conversion" and decision.why is None:
        return bool(await waiving.grant_after_all(conversion=each, by=by, at=now))
    if decision.why is None:
        await waiving.keep(reward=each, by=by, at=now)
    elif kind == "conversion":
        await waiving.let_be(conversion=each, by=by, why=decision.why, at=now)
    else:
        await waiving.take_back(reward=each, by=by, why=decision.why, at=now)
    return True


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    tried: Tried = UNTRIED,
    *,
    told: Sequence[bool | str] = (),
    ticked: Sequence[str] = (),
) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        page = await doubting.doubts(after=paging.after(request))
    return await entering.page(
        request,
        who,
        "console_review_doubts.html",
        say=say,
        doubts=page.rows,
        ways=paging.onward(request, page),
        categories=deciding.CATEGORIES,
        failed=[each for each in told if isinstance(each, str)],
        decided=sum(each is True for each in told),
        halves=sum(each is False for each in told),
        ticked=set(ticked),
        **tried.shown(category=""),
    )
