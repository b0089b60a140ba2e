"""Settle payouts: what arrived is paid, what failed or came back is the person's again, and they are told.

Each state is reached once, however often it is told; a payout that ended one way is never told to have ended another.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.events import telling as events
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.payouts import booking, delivering, rules, telling
from leumund.payouts.booking import Sum
from leumund.payouts.carrying import Carried
from leumund.payouts.tables import Payout
from leumund.rewards import moving, owing

_MOVE = """
UPDATE payout SET state = $2, reference = CASE WHEN $4 = '' THEN reference ELSE $4 END, reason = $5,
    settled_at = CASE WHEN $2 IN ('confirmed', 'failed', 'returned') THEN $6::timestamptz END
WHERE id = ANY ($1) AND state = ANY ($3)
RETURNING id, beneficiary, cents, currency, way
"""
_ITEMS = """
SELECT r.id, r.kind, p.way FROM payout_item i JOIN payout p ON p.id = i.payout JOIN reward r ON r.id = i.reward
WHERE i.payout = ANY ($1) ORDER BY r.beneficiary, r.id FOR NO KEY UPDATE OF r
"""
_KEEP = "UPDATE payout SET reference = CASE WHEN $2 = '' THEN reference ELSE $2 END, reason = $3 WHERE id = $1"
# A batch is done when nothing of it is on its way any more.
_CLOSE = """
UPDATE payout_batch b SET state = 'done', settled_at = $2
WHERE b.state = 'sent' AND b.id IN (SELECT batch FROM payout WHERE id = ANY ($1))
  AND NOT EXISTS (SELECT FROM payout p WHERE p.batch = b.id AND p.state IN ('approved', 'submitted', 'unknown'))
"""


class PayoutUnknown(Unknown):
    """There is no such payout."""


class Contradicted(Exception):
    """Told to have failed after it was failed and let go, or the like: a person has to look."""


async def find(*, payout: UUID) -> Payout:
    """The payout, which nobody else moves meanwhile. Raises PayoutUnknown."""
    row = await Payout.objects().where(Payout.id == payout).lock_rows("NO KEY UPDATE").first()
    if row is None:
        raise PayoutUnknown("errors.payouts.payout_unknown")
    return row


async def settle(*, payout: UUID, carried: Carried, at: datetime) -> str:
    """Take over what a carrier tells of a payout; returns its state. Raises PayoutUnknown, Contradicted.

    Whatever is told twice changes nothing; so does what is told too late of one that has ended.
    """
    row = await find(payout=payout)
    if carried.state == "confirmed":
        wished = "confirmed"
    elif carried.state == "failed":
        wished = "returned" if row.state == "confirmed" else "failed"
    elif carried.state == "unknown" and row.state == "submitted":
        wished = "unknown"
    else:
        if rules.is_open(row.state):
            await ground.execute(_KEEP, payout, carried.reference, carried.reason)
        return row.state
    if row.state == wished or (wished == "failed" and row.state == "returned"):
        return row.state
    if not rules.may_become(row.state, wished):
        raise Contradicted(f"{payout}: {row.state}, and told to be {wished}")
    await move(payouts=[payout], to=wished, carried=carried, at=at)
    return wished


async def move(*, payouts: Sequence[UUID], to: str, carried: Carried, at: datetime) -> list[UUID]:
    """Bring those of ``payouts`` to an end, or into doubt, that may come to it now; which those were.

    A dozen statements, however many there are.
    """
    reason = carried.reason or (to if to in ("failed", "returned") else "")
    moved = await ground.fetch(_MOVE, list(payouts), to, rules.before(to), carried.reference, reason, at)
    ids = [row["id"] for row in moved]
    if to == "unknown" or not moved:
        return ids
    sums = [
        Sum(payout=row["id"], beneficiary=row["beneficiary"], cents=row["cents"], currency=row["currency"])
        for row in moved
    ]
    if to == "confirmed":
        await booking.confirmed(*sums, at=at)
        await _pay(ids, at)
        await delivering.forget(payouts=ids)
    else:
        await (booking.returned if to == "returned" else booking.failed)(*sums, at=at)
        await _give_back(ids, at)
    await ground.execute(_CLOSE, ids, at)
    await events.tell_all(happened=[(f"payout.{to}", payout) for payout in ids], at=at)
    await telling.tell(payouts=ids, became=to, reason=reason, at=at)
    return ids


async def let_go(*, payouts: Sequence[UUID], reason: str, at: datetime) -> None:
    """Give up payouts that were not sent; whose they were has nothing to be told, since nothing was promised."""
    await move(payouts=payouts, to="failed", carried=Carried(state="failed", reason=reason), at=at)


async def _pay(payouts: Sequence[UUID], at: datetime) -> None:
    items = await ground.fetch(_ITEMS, payouts)
    for became in ("paid", "fulfilled"):
        rewards = [row["id"] for row in items if rules.reward_state(row["way"], row["kind"]) == became]
        await moving.move_all(rewards=rewards, to=became, at=at)


async def _give_back(payouts: Sequence[UUID], at: datetime) -> None:
    """Their rewards wait to be paid again; one that was taken back meanwhile is nobody's any more."""
    rewards = [row["id"] for row in await ground.fetch(_ITEMS, payouts)]
    await moving.move_all(rewards=rewards, to="failed", at=at)
    taken_back = await owing.taken_back(rewards=rewards)
    await moving.move_all(rewards=taken_back, to="canceled", reason="refunded", at=at)
