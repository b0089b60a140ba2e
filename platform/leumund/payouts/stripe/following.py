"""Follow what Stripe told: ask how things stand there now, and bring ours to the same."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any
from uuid import UUID

import stripe
from stripe import StripeClient

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.payouts import settling
from leumund.payouts.carrying import Carried
from leumund.payouts.stripe import acquainting, connecting, keeping, purchasing, recipients, topics
from leumund.payouts.stripe.asking import PAYOUT, Line
from leumund.payouts.stripe.purchasing import Purchase
from leumund.payouts.tables import Payout
from leumund.rewards import buying, converting, refunding, restoring
from leumund.rewards.buying import CustomerRef, CustomerUnknown
from leumund.rewards.converting import Order

_ACTOR = "system:stripe"
_FIND = "SELECT type, object_id, account FROM stripe_event WHERE id = $1 AND settled_at IS NULL"
_SETTLE = "UPDATE stripe_event SET settled_at = $2, outcome = $3 WHERE id = $1 AND settled_at IS NULL"
_ANSWER = """
UPDATE payout_call SET state = 'answered', object_id = $2, code = NULL
WHERE payout = $1 AND operation = 'transfer' AND state IN ('open', 'unclear')
"""


_GIVEN_BACK = "SELECT told_as FROM refund WHERE order_id = $1 AND restored_at IS NULL"
# Two events of one payment may be followed at once, and one of them with what it saw before: who changed what was given
# back looks once more.
_MOST_LOOKS = 4


class NotYet(Exception):
    """Stripe gave no answer; the job comes again."""


async def follow(line: Line, event: UUID, at: datetime) -> None:
    """The errand of ``receiving.KIND``: done twice, or in any order, it comes to the same. Raises NotYet."""
    async with line.inside():
        rows, entry = await ground.fetch(_FIND, event), await keeping.entry()
    if not rows or entry is None:
        return
    told = rows[0]
    topic = (topics.OF_RECIPIENTS if told["account"] else topics.OWN)[told["type"]]
    if topic == topics.RECIPIENT:
        outcome = await recipients.ask(line, recipient=told["account"], at=at) or "not_ours"
    else:
        async with connecting.opened(line.service, entry.key) as client:
            deed = _follow_transfer if topic == topics.TRANSFER else _follow_purchase
            outcome = await _asked(deed(line, client, topic, told["object_id"], at))
    async with line.inside():
        await ground.execute(_SETTLE, event, at, outcome)


async def _asked(deed: Awaitable[str]) -> str:
    try:
        return await deed
    except stripe.InvalidRequestError:
        # It was there when we were told of it, and is not any more, or never was for this key.
        return "gone"
    except stripe.StripeError as fault:
        raise NotYet(type(fault).__name__) from None


async def _follow_transfer(line: Line, client: StripeClient, _: str, object_id: str, at: datetime) -> str:
    """A transfer of ours has arrived before its own answer did, or came back."""
    transfer = await client.v1.transfers.retrieve_async(object_id)
    metadata: Any = transfer.metadata
    payout = _uuid(metadata[PAYOUT]) if metadata is not None and PAYOUT in metadata else None
    async with line.inside():
        row = await Payout.objects().get(Payout.id == payout) if payout else None
        if row is None or row.way != "stripe_transfer" or row.cents != transfer.amount:
            return "not_ours"
        await ground.execute(_ANSWER, row.id, transfer.id)
        if transfer.reversed:
            carried = Carried(state="failed", reference=transfer.id, reason="reversed")
        else:
            carried = Carried(state="confirmed", reference=transfer.id)
        try:
            return await settling.settle(payout=row.id, carried=carried, at=at)
        except settling.Contradicted:
            # Failed here and there all the same: nothing is changed silently, the nightly comparison shows it.
            return "contradicted"


async def _follow_purchase(line: Line, client: StripeClient, topic: str, object_id: str, at: datetime) -> str:
    payment = await purchasing.payment_of(client, topic, object_id)
    outcome = "not_paid"
    for _ in range(_MOST_LOOKS if payment else 0):
        purchase = await purchasing.look(client, str(payment))
        if purchase is None:
            return outcome
        async with line.inside():
            before = await _given_back(purchase)
            outcome = await _keep(purchase, before, at)
            if await _given_back(purchase) == before:
                return outcome
    return outcome


async def _given_back(purchase: Purchase) -> set[str]:
    """Which of Stripe's refunds and disputes count against an order here."""
    rows = await ground.fetch(_GIVEN_BACK, purchase.order_id)
    return {row["told_as"] for row in rows if row["told_as"].startswith((*purchasing.REFUNDS, *purchasing.DISPUTES))}


async def _keep(purchase: Purchase, given_back: set[str], at: datetime) -> str:
    """Bring our books to what a purchase is by now; ``given_back`` is what counted against it until now."""
    who = await _buyer(purchase)
    if who is None:
        return "nobody_known"
    if purchase.buyer.stripe_id:
        await acquainting.keep(customer=who, stripe_id=purchase.buyer.stripe_id, at=at)
    order = Order(
        order_id=purchase.order_id,
        cents=purchase.cents,
        currency=purchase.currency,
        customer=CustomerRef(id=who),
        occurred_at=purchase.occurred_at,
    )
    try:
        async with ground.savepoint():
            await converting.convert(order=order, at=at)
    except Refused as fault:
        return fault.key.rpartition(".")[2]
    for part in purchase.given_back:
        told = {"order_id": purchase.order_id, "told_as": part.id}
        await refunding.refund(**told, cents=part.cents, at=at, actor=_ACTOR)
    for name in sorted(given_back - {part.id for part in purchase.given_back}):
        await restoring.restore(order_id=purchase.order_id, told_as=name, at=at, actor=_ACTOR)
    if purchase.is_given_back:
        return "given_back"
    return "given_back_in_part" if purchase.given_back else "bought"


async def _buyer(purchase: Purchase) -> UUID | None:
    """The first name somebody is known by; whom Stripe calls so comes before an address, which two may share."""
    told = purchase.buyer
    known = await acquainting.who(stripe_id=told.stripe_id) if told.stripe_id else None
    named = [each for each in told.names if each.email is None]
    by_id = [CustomerRef(id=known)] if known else []
    for each in [*named, *by_id, *(each for each in told.names if each.email is not None)]:
        try:
            return await buying.buyer(each)
        except CustomerUnknown:
            continue
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
