"""An order was given back: what it earned is canceled, or clawed back when it was already somebody's."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.rewards import booking, granting
from leumund.rewards.tables import Reward


class OrderUnknown(Unknown):
    """No conversion of this order was reported."""


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """What a refund did."""

    conversion: UUID
    canceled: int
    clawed_back: int


async def refund(*, order_id: str, at: datetime, actor: str) -> Refunded:
    """Mark the order's conversion refunded and take back its rewards, once. Raises OrderUnknown."""
    rows = await ground.fetch(
        "UPDATE conversion SET refunded_at = coalesce(refunded_at, $2) WHERE order_id = $1 RETURNING id, referral",
        order_id,
        at,
    )
    if not rows:
        raise OrderUnknown("errors.rewards.order_unknown", field="order_id")
    conversion: UUID = rows[0]["id"]
    await ground.execute(
        "UPDATE referral SET state = 'voided', reason = 'refunded', decided_at = $2 "
        "WHERE id = $1 AND state IN ('attributed', 'qualified', 'in_review', 'approved')",
        rows[0]["referral"],
        at,
    )
    rewards = await Reward.objects().where(Reward.conversion == conversion).order_by(Reward.id).lock_rows("UPDATE")
    done = [await _take_back(reward, at) for reward in rewards]
    await noting.note(actor=actor, action="conversion.refunded", subject=conversion, at=at)
    return Refunded(conversion=conversion, canceled=done.count("canceled"), clawed_back=done.count("clawed back"))


async def _take_back(reward: Reward, at: datetime) -> str:
    if reward.state == "pending":
        reward.state, reward.reason, reward.decided_at = "canceled", "refunded", at
        await reward.save()
        await booking.canceled(granting.worth_of(reward), at=at)
        return "canceled"
    if reward.state == "canceled":
        return "nothing"
    await booking.clawed_back(granting.worth_of(reward), at=at)
    return "clawed back"
