"""Submit what was approved: that it is about to leave is committed first, then it is carried, then the answer is kept.

Where a carrier asks somebody outside, each payout is an errand of its own. A crash between the two commits leaves the
payout submitted; the errand comes again with the same key, and once a key protects no more it asks what became of it
and sends nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from leumund.audit import noting
from leumund.company import describing
from leumund.kit import ground, outbox
from leumund.payouts import batching, giving, rehearsing, settling, transferring, withdrawing
from leumund.payouts.batching import BatchMovedOn
from leumund.payouts.carrying import Carried, Carrier, Inside, Order
from leumund.payouts.tables import Payout

KIND = "payouts.carry"
# Whoever carries keeps a key for a day (Stripe: pruned after 24 hours at the earliest); an hour is left for clocks.
KEY_LASTS = timedelta(hours=23)
_ASK_AGAIN = timedelta(minutes=15)
_BY_STRIPE = frozenset({"stripe_transfer", "stripe_balance", "stripe_coupon"})
_SEND = """
UPDATE payout_batch SET state = 'sent', sent_by = $2, sent_at = $3 WHERE id = $1 AND state = 'approved'
RETURNING way, currency
"""
_SUBMIT = """
UPDATE payout SET state = 'submitted', submitted_at = $2 WHERE batch = $1 AND state = 'approved' RETURNING id
"""


async def send(*, batch: UUID, by: UUID, at: datetime, execution_date: date | None = None) -> int:
    """Let an approved batch leave: codes are given at once, carriers get their errands, and what is done by hand, or
    by the bank's file of ``execution_date``, waits to be settled.

    How many payouts left: none where all of it was taken back meanwhile, and the batch is let be. Raises
    batching.BatchUnknown, BatchMovedOn, and for a file transferring.NoOwnAccount, NotABankDay.
    """
    if await batching.lock(batch=batch) != "approved":
        raise BatchMovedOn("errors.payouts.batch_moved_on")
    withdrawn = await withdrawing.withdraw(batch=batch, at=at)
    if withdrawn and not await batching.holds_any(batch=batch):
        await batching.discard(batch=batch, by=by, at=at)
        return 0
    if execution_date is not None:
        zone = ZoneInfo((await describing.profile()).time_zone)
        await transferring.prepare(batch=batch, execution_date=execution_date, today=at.astimezone(zone).date())
    (sent,) = await ground.fetch(_SEND, batch, by, at)
    assert (sent["way"] == "sepa") == (execution_date is not None), "a file has a day, and nothing else has"
    payouts = [row["id"] for row in await ground.fetch(_SUBMIT, batch, at)]
    if sent["way"] in _BY_STRIPE:
        await outbox.enqueue_all(kind=KIND, subjects=payouts, due_at=at)
    if sent["way"] == "voucher":
        await giving.give(currency=sent["currency"], at=at)
    detail = {"payouts": len(payouts)}
    await noting.note(actor=f"staff:{by}", action="payout.sent", subject=batch, detail=detail, at=at)
    return len(payouts)


async def carry(carriers: Mapping[str, Carrier], inside: Inside, payout: UUID, at: datetime) -> None:
    """The errand of KIND: carry what is submitted, and ask about what may have left. Comes again while it waits."""
    async with inside():
        row = await Payout.objects().get(Payout.id == payout)
        rehearses = await rehearsing.is_on()
    if row is None or row.state not in ("submitted", "unknown") or row.submitted_at is None:
        return
    order = _order(row, row.submitted_at)
    carrier = rehearsing.CARRIER if rehearses else carriers[row.way]
    is_fresh = row.state == "submitted" and at - row.submitted_at < KEY_LASTS
    carried = await (carrier.carry if is_fresh else carrier.reconcile)(order, inside, at)
    async with inside():
        await settling.settle(payout=payout, carried=carried, at=at)
        if carried.state in ("waiting", "unknown"):
            await outbox.enqueue(kind=KIND, subject=payout, due_at=at + _pause(carried))


def _pause(carried: Carried) -> timedelta:
    return _ASK_AGAIN if carried.state == "unknown" else timedelta(seconds=carried.retry_seconds)


def _order(row: Payout, submitted_at: datetime) -> Order:
    return Order(
        payout=row.id,
        batch=row.batch,
        beneficiary=row.beneficiary,
        way=row.way,
        cents=row.cents,
        currency=row.currency,
        key=row.idempotency_key,
        first_tried_at=submitted_at,
    )
