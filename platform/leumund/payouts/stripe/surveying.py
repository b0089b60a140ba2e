"""Survey what Stripe's books hold of payouts: transfers, credit on balances, and codes for coupons.

Each is known by the mark it bears; what bears none is none of ours.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import stripe
from stripe import StripeClient

from leumund.payouts.stripe.asking import PAYOUT
from leumund.payouts.stripe.comparing import Theirs

# A coupon is made before its code, and the code may have waited for as long as a payout is tried.
_COUPON_FIRST = timedelta(days=2)


class Asked(NamedTuple):
    """Whose balances are looked at, as Stripe knows them, and whether coupons are.

    Credit is listed there by customer alone: what it costs is one call for each of them.
    """

    customers: Sequence[str]
    coupons: bool


async def survey(client: StripeClient, asked: Asked, since: datetime) -> list[Theirs]:
    """All that was made there since then and bears the mark of a payout. Raises StripeError."""
    found = await _transfers(client, since)
    for customer in asked.customers:
        found += await _credit(client, customer, since)
    return found + (await _codes(client, since) if asked.coupons else [])


async def _transfers(client: StripeClient, since: datetime) -> list[Theirs]:
    listed = await client.v1.transfers.list_async(_made(since))
    return [
        Theirs(payout, str(each.id), int(each.amount), int(each.amount_reversed), str(each.currency).upper())
        async for payout, each in _marked(listed.auto_paging_iter())
    ]


async def _credit(client: StripeClient, customer: str, since: datetime) -> list[Theirs]:
    """Credit is below zero there; what takes it back bears the same mark, and is above."""
    try:
        listed = await client.v1.customers.balance_transactions.list_async(customer, _made(since))
        told = [each async for each in _marked(listed.auto_paging_iter())]
    except stripe.InvalidRequestError as fault:
        if fault.code != "resource_missing":
            raise
        # They were deleted there, and their balance with them.
        return []
    return list(_standing(told))


def _standing(told: Iterable[tuple[UUID, Any]]) -> Iterable[Theirs]:
    """Each credit, the oldest of a payout less what was taken back of it; taken back alone, it was made before."""
    oldest_first = sorted(told, key=lambda one: int(one[1].created))
    back: dict[UUID, int] = {}
    for payout, each in oldest_first:
        back[payout] = back.get(payout, 0) + max(0, int(each.amount))
    for payout, each in oldest_first:
        if each.amount < 0:
            yield Theirs(payout, str(each.id), -int(each.amount), back.pop(payout, 0), str(each.currency).upper())


async def _codes(client: StripeClient, since: datetime) -> list[Theirs]:
    """A code nobody can enter any more, and nobody has, is taken back; one whose coupon is gone is not there."""
    coupons: dict[str, Any] = {}
    listed = await client.v1.coupons.list_async(_made(since - _COUPON_FIRST))
    async for _, coupon in _marked(listed.auto_paging_iter()):
        coupons[str(coupon.id)] = coupon
    found = []
    codes = await client.v1.promotion_codes.list_async(_made(since))
    async for payout, code in _marked(codes.auto_paging_iter()):
        worth = coupons.get(_coupon_of(code))
        if worth is not None:
            cents = int(worth.amount_off or 0)
            back = 0 if code.active or code.times_redeemed else cents
            found.append(Theirs(payout, str(code.id), cents, back, str(worth.currency).upper()))
    return found


def _coupon_of(code: Any) -> str:
    coupon = code.promotion.coupon
    return coupon if isinstance(coupon, str) else str(getattr(coupon, "id", ""))


def _made(since: datetime) -> Any:
    return {"created": {"gte": int(since.timestamp())}, "limit": 100}


async def _marked(things: AsyncIterator[Any]) -> AsyncIterator[tuple[UUID, Any]]:
    async for each in things:
        if each.metadata is None or PAYOUT not in each.metadata:
            continue
        try:
            payout = UUID(each.metadata[PAYOUT])
        except ValueError:
            continue
        yield payout, each
