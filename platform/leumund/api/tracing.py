"""Where is the reward? A recommendation's trace: what happened, which rule said what, what was granted and paid."""

from collections.abc import Iterator
from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from leumund.api import answering, ids, problems
from leumund.api.describing import PROBLEMS
from leumund.api.traces import Claim, RuleSaid, Trace, TracedEvent, TracedReward, Try, Where
from leumund.insight import retracing, traces
from leumund.kit import language


@get(
    "/referrals/{referral:str}/trace",
    tags=["Recommendations"],
    responses=PROBLEMS,
    summary="Where the reward of a recommendation is",
    opt={"scope": "referrals.read"},
)
async def whole(request: Request[Any, Any, Any], referral: FromPath[str]) -> Trace:
    """The 50 newest events. Unknown ids and other companies' ids answer alike."""
    async with answering.reading(request):
        found = await retracing.retrace(referral=ids.referral_from(referral))
    return _trace(found, problems.language_of(request))


def _trace(found: traces.Trace, lang: str) -> Trace:
    stands = found.stands
    return Trace(
        id=ids.referral(stands.id),
        state=stands.state,
        way=stands.way or None,
        held=stands.held,
        clicked_at=stands.clicked_at,
        attributed_at=stands.attributed_at,
        qualified_at=stands.qualified_at,
        decided_at=stands.decided_at,
        answers=[_where(side, answer) for side, answer in found.answers.items()],
        events=[_event(one, lang) for one in found.events],
        rewards=[_reward(one) for one in found.rewards],
    )


def _where(side: str, answer: traces.Answer) -> Where:
    return Where(
        side=side,
        answer=answer.key,
        reward=ids.reward(answer.of.id) if answer.of else None,
        more=answer.more,
        rule=answer.fault.rule.key if answer.fault else None,
        reason=answer.fault.reason if answer.fault else None,
    )


def _event(one: traces.Happened, lang: str) -> TracedEvent:
    return TracedEvent(
        conversion=ids.conversion(one.id),
        kind=one.kind,
        event=one.event_key or None,
        order_id=one.order_id,
        amount_cents=one.cents,
        returned_cents=one.returned_cents,
        currency=one.currency,
        occurred_at=one.occurred_at,
        refunded_at=one.refunded_at,
        counts="here" if one.counts else "elsewhere" if one.elsewhere else "nowhere",
        review=one.doubt,
        claims=list(_claims(one, lang)),
        rules=list(_rules(one, lang)),
    )


def _claims(event: traces.Happened, lang: str) -> Iterator[Claim]:
    for one in event.claims:
        detail = language.text(f"attribution.reason.{one.reason}", lang)
        yield Claim(way=one.way, claimed_at=one.claimed_at, reason=one.reason, detail=detail)


def _rules(event: traces.Happened, lang: str) -> Iterator[RuleSaid]:
    for one in event.judged:
        yield RuleSaid(
            rule=one.rule.key,
            side=one.rule.side,
            passed=one.passed,
            reason=one.reason,
            detail=language.text(f"rewards.judged.{one.reason}", lang),
            amount_cents=one.cents,
            judged_at=one.judged_at,
        )


def _reward(one: traces.Granted) -> TracedReward:
    return TracedReward(
        id=ids.reward(one.id),
        side=one.side,
        kind=one.kind,
        conversion=ids.conversion(one.conversion),
        state=one.state,
        reason=one.reason,
        amount_cents=one.cents,
        owed_cents=one.owed_cents,
        currency=one.currency,
        granted_at=one.granted_at,
        hold_until=one.hold_until,
        lacks=one.lacks or None,
        payouts=[_try(each) for each in one.payouts],
    )


def _try(one: traces.Carried) -> Try:
    return Try(
        payout=ids.payout(one.id),
        way=one.way,
        state=one.state,
        reason=one.reason,
        amount_cents=one.cents,
        set_off_cents=one.set_off_cents,
        created_at=one.created_at,
        submitted_at=one.submitted_at,
        settled_at=one.settled_at,
    )
