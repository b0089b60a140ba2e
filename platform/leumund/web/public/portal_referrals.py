"""``/portal/referrals/<id>``: where the reward of one of somebody's referrals is, and nothing of the friend."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from leumund.insight import retracing
from leumund.insight.traces import Carried, Granted, Told
from leumund.web import answering, entering, saying, traces
from leumund.web.public import visitors
from leumund.web.saying import Saying


class PortalReferralController(Controller):
    """For the advocate whose referral it is; four queries, however much came of it.

    Days are told and no hours, and of amounts their own rewards alone (decision 54).
    """

    path = "/portal/referrals"
    exception_handlers = visitors.FAULTS

    @get("/{referral:uuid}")
    async def show(self, request: Request[Any, Any, Any], referral: FromPath[UUID]) -> Response[str]:
        customer, say = await visitors.signed_in(request), await saying.to_visitor(request)
        try:
            async with entering.reading(request):
                told = await retracing.tell(referral=referral, advocate=customer)
        except retracing.NoSuchReferral:
            raise NotFoundException from None
        return await answering.page(
            request,
            "portal_referral.html",
            path=f"/portal/referrals/{referral}",
            when=say.day(told.stands.attributed_at),
            answer=traces.told(told.answer, told.stands, say),
            mood=traces.mood(told.answer),
            state_key=told.stands.state,
            claimed=bool(told.stands.way),
            qualified=say.day(told.stands.qualified_at) if told.stands.qualified_at else "",
            rewards=[_reward(each, told, say) for each in told.rewards],
        )


def _reward(each: Granted, told: Told, say: Saying) -> dict[str, Any]:
    return {
        "amount": say.money(each.owed_cents, each.currency),
        "kind": each.kind,
        "state_key": each.state,
        "granted": say.day(each.granted_at),
        "until": say.day(each.hold_until) if each.state == "pending" and not told.stands.held else "",
        # What never left was never promised either.
        "payouts": [_payout(one, say) for one in each.payouts if one.state != "failed" or one.submitted_at],
    }


def _payout(one: Carried, say: Saying) -> dict[str, str]:
    return {
        "amount": say.money(one.cents, one.currency),
        "way": one.way,
        "state_key": one.state,
        "reason": one.reason,
        "when": say.day(one.settled_at or one.submitted_at or one.created_at),
    }
