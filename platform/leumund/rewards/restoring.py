"""An order was not given back after all: a refund failed at the bank, or a dispute was won. It counts again, once.

The refund stays as a row with the moment from which it counts no more; told once more it is another row.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.events import telling
from leumund.kit import ground, outbox
from leumund.referrals import moving as referrals
from leumund.rewards import attributing, ordering, reducing, renewing
from leumund.rewards.refunding import RefundUnknown

_WHOSE = "SELECT customer FROM conversion WHERE order_id = $1 AND kind = 'purchase'"
_HOLD = "SELECT FROM conversion WHERE order_id = $1 AND kind = 'purchase' FOR NO KEY UPDATE"
_RESTORE = """
UPDATE refund SET restored_at = $3 WHERE order_id = $1 AND told_as = $2 AND restored_at IS NULL RETURNING id, conversion
"""
_BEFORE = """
SELECT id FROM refund WHERE order_id = $1 AND told_as = $2 AND restored_at IS NOT NULL ORDER BY restored_at DESC LIMIT 1
"""
_STATE = "SELECT state, advocate, program FROM referral WHERE id = $1 FOR NO KEY UPDATE"
# A milestone that was lost without it is reached again; whoever waited for a decision about it need not decide.
_REGAINED = """
UPDATE reward w SET doubt = NULL FROM reward_rule u
WHERE u.id = w.rule AND w.program = $1 AND w.beneficiary = $2 AND w.doubt = 'milestone_lost'
  AND u.milestone <= (SELECT count(*) FROM referral WHERE advocate = $2 AND program = $1 AND state = 'approved')
RETURNING w.id, w.state, w.hold_until
"""
_OUTCOME = """
SELECT f.order_id, f.told_as, f.cents, f.restored_at, c.id AS conversion, c.refunded_at, c.referral, c.doubt,
    r.state AS referral_state,
    coalesce((SELECT array_agg(DISTINCT d.reward ORDER BY d.reward) FROM reward_reduction d
        WHERE d.refund = f.id AND d.cents < 0), '{}') AS restored,
    coalesce((SELECT array_agg(w.id ORDER BY w.side, w.id) FROM reward w
        WHERE w.conversion = c.id AND w.granted_at = f.restored_at), '{}') AS granted
FROM refund f LEFT JOIN conversion c ON c.id = f.conversion LEFT JOIN referral r ON r.id = c.referral
WHERE f.id = $1
"""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a refund that counts no more: rewards that are owed again, and those granted anew for canceled ones.

    ``refunded_at`` is None unless other refunds leave nothing of the order; ``doubt`` says why a person decides first.
    """

    order_id: str
    told_as: str
    cents: int | None
    restored_at: datetime
    conversion: UUID | None
    refunded_at: datetime | None
    referral: UUID | None
    referral_state: str | None
    doubt: str | None
    restored: list[UUID]
    granted: list[UUID]


async def restore(*, order_id: str, at: datetime, actor: str, told_as: str = "") -> Restored:
    """Let what was told as given back count again; told twice it is done once.

    Raises RefundUnknown, ordering.NoOrderName.
    """
    order_id, told_as = ordering.name(order_id), ordering.part(told_as)
    for row in await ground.fetch(_WHOSE, order_id):
        await attributing.hold(friend=row["customer"])
    await ground.fetch(_HOLD, order_id)
    told = await ground.fetch(_RESTORE, order_id, told_as, at)
    if not told:
        before = await ground.fetch(_BEFORE, order_id, told_as)
        if not before:
            raise RefundUnknown("errors.rewards.refund_unknown")
        return await _outcome(before[0]["id"])
    refund, conversion = told[0]["id"], told[0]["conversion"]
    if conversion is not None:
        await _count_again(conversion, refund, at)
    await noting.note(actor=actor, action="conversion.restored", subject=conversion or refund, at=at)
    return await _outcome(refund)


async def _count_again(conversion: UUID, refund: UUID, at: datetime) -> None:
    """The people are locked and the conversion is; then its referral, the program and the rewards, as everywhere."""
    stands = await reducing.reckon(conversion=conversion, at=at)
    await telling.tell(kind="conversion.restored", subject=conversion, at=at)
    if stands.referral is None:
        return
    (referral,) = await ground.fetch(_STATE, stands.referral)
    if referral["state"] == "voided" and not stands.is_whole:
        await referrals.unvoid(referral=stands.referral, at=at)
        await _regain(referral, at)
    await renewing.renew(conversion=conversion, stands=stands, refund=refund, at=at)


async def _regain(referral: dict[str, Any], at: datetime) -> None:
    for reward in await ground.fetch(_REGAINED, referral["program"], referral["advocate"]):
        if reward["state"] == "pending":
            due_at = max(at, reward["hold_until"])
            await outbox.enqueue(kind="rewards.release", subject=reward["id"], due_at=due_at)


async def _outcome(refund: UUID) -> Restored:
    (row,) = await ground.fetch(_OUTCOME, refund)
    return Restored(**row)
