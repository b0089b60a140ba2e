"""What waits for a person after its referral was approved: later orders in doubt, and milestones that were lost."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.rewards import deciding, doubting, waiving
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import entering, naming, one_by_one
from leumund.web.console.one_by_one import Told
from leumund.web.forms import UNTRIED, Tried

SEE, DECIDE = "referrals.see", "referrals.decide"
_KINDS: tuple[Literal["conversion", "reward"], ...] = ("conversion", "reward")
_VERDICTS = ("granted", "denied")


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
        """Four queries, however many wait: the session, the list, and two for what its orders would bring."""
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
        deeds = [(each, partial(_decide, kind, decision)) for kind, each in ticked]
        told = await one_by_one.decide(request, deeds)
        return await _page(request, who, Tried(done=said["verdict"]), told=told)


def _ticked(sent: Mapping[str, Sequence[str]]) -> Sequence[tuple[str, UUID]]:
    """Raises NothingChosen."""
    kinds = {naming.known(each): kind for kind in _KINDS for each in sent.get(kind, [])}
    texts = [each for kind in _KINDS for each in sent.get(kind, [])]
    chosen = one_by_one.chosen(texts, fault="errors.doubts.nothing_ticked", field="ticked")
    return [(kinds[each], each) for each in chosen]


def _decision(said: Mapping[str, str], who: Member) -> Decision:
    """Raises NotChosen."""
    verdict = forms.chosen(said, "verdict", _VERDICTS, fault="errors.doubts.no_verdict")
    if verdict == "granted":
        return Decision(granted=True, why=None, by=who.id)
    why = forms.chosen(said, "category", deciding.PLAIN, fault="errors.doubts.no_reason")
    return Decision(granted=False, why=why, by=who.id)


async def _decide(kind: str, decision: Decision, each: UUID) -> bool:
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
    told: Told = one_by_one.NOTHING,
    ticked: Sequence[str] = (),
) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        page = await doubting.doubts(at=clock.now(), after=paging.after(request))
    return await entering.page(
        request,
        who,
        "console_review_doubts.html",
        say=say,
        doubts=page.rows,
        ways=paging.onward(request, page),
        categories=deciding.PLAIN,
        failed=told.failed,
        decided=told.decided,
        halves=told.halves,
        ticked=set(ticked),
        **tried.shown(category=""),
    )
