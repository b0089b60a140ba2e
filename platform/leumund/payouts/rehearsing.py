"""Rehearse what leaves by Stripe, in a test company that has no account there: nobody is asked, all else is as ever.

How a sum ends says what becomes of it, so that a company can try what it does then. Pure: the same order has the same
answer whoever asks how often.
"""

from datetime import datetime, timedelta

from leumund.kit import ground
from leumund.payouts.carrying import Carried, Carrier, Inside, Order
from leumund.payouts.stripe import keeping

# The last two digits of cents: refused, unclear until somebody asks, and away for a minute.
REFUSED, UNCLEAR, AWAY = 1, 2, 3
_AWAY_SECONDS = 60


async def is_on() -> bool:
    """Whether nobody outside carries: in a test company, until it has a test account at Stripe."""
    return ground.current().is_twin and await keeping.entry() is None


async def _carry(order: Order, _: Inside, at: datetime) -> Carried:
    ends = order.cents % 100
    if ends == UNCLEAR:
        return Carried(state="unknown", reason="stripe_silent")
    if ends == AWAY and at - order.first_tried_at < timedelta(seconds=_AWAY_SECONDS):
        return Carried(state="waiting", reason="stripe_paused", retry_seconds=_AWAY_SECONDS)
    return _became(order)


async def _reconcile(order: Order, _inside: Inside, _at: datetime) -> Carried:
    return _became(order)


def _became(order: Order) -> Carried:
    if order.cents % 100 == REFUSED:
        return Carried(state="failed", reason="refused_by_stripe")
    return Carried(state="confirmed", reference=f"TEST-{order.payout.hex[:12].upper()}")


CARRIER = Carrier(carry=_carry, reconcile=_reconcile)
