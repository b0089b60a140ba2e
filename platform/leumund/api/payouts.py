"""What people were paid, or are being paid, page by page, newest first."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, get
from litestar.params import FromPath
from msgspec import Struct

from leumund.api import answering, ids
from leumund.api.describing import PROBLEMS
from leumund.api.outcomes import NAMES, After, InState, Limit, state_of
from leumund.payouts import reporting
from leumund.payouts.reporting import Told
from leumund.payouts.rules import PAYOUT_STATES


class Payout(Struct, frozen=True, kw_only=True):
    """Money, a code or a thing on its way to one person, in minor units of its currency.

    ``set_off_cents`` is what of the rewards' worth the person owed back. ``reference`` is what the bank, Stripe or
    whoever paid it calls it.
    """

    id: str
    state: str
    reason: str
    way: str
    amount_cents: int
    set_off_cents: int
    currency: str
    beneficiary: str
    rewards: list[str]
    reference: str
    created_at: datetime
    submitted_at: datetime | None
    settled_at: datetime | None


class Payouts(Struct, frozen=True, kw_only=True):
    data: list[Payout]
    next: str | None


class PayoutController(Controller):
    path = "/payouts"
    tags = ("Recommendations",)
    opt = {"scope": "payouts.read"}  # noqa: RUF012

    @get(responses=PROBLEMS, summary="Payouts")
    async def every(
        self, request: Request[Any, Any, Any], after: After = None, limit: Limit = 50, in_state: InState = None
    ) -> Payouts:
        """Of all batches, whatever has become of them."""
        async with answering.reading(request, *NAMES):
            page = await reporting.payouts(state=state_of(in_state, PAYOUT_STATES), after=after, limit=limit)
        return Payouts(data=[_payout(told) for told in page.rows], next=page.after)

    @get("/{payout:str}", responses=PROBLEMS, summary="One payout")
    async def one(self, request: Request[Any, Any, Any], payout: FromPath[str]) -> Payout:
        """Unknown ids and other companies' ids answer alike."""
        async with answering.reading(request):
            return _payout(await reporting.payout(payout=ids.payout_from(payout)))


def _payout(told: Told) -> Payout:
    return Payout(
        id=ids.payout(told.id),
        state=told.state,
        reason=told.reason,
        way=told.way,
        amount_cents=told.cents,
        set_off_cents=told.set_off_cents,
        currency=told.currency,
        beneficiary=ids.customer(told.beneficiary),
        rewards=[ids.reward(each) for each in told.rewards],
        reference=told.reference,
        created_at=told.at,
        submitted_at=told.submitted_at,
        settled_at=told.settled_at,
    )
