"""An order was given back: what it earned is canceled, or clawed back when it was already somebody's."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.referrals import moving as referrals
from leumund.referrals import rules as lives
from leumund.rewards import booking, granting, moving, rules
from leumund.rewards.tables import Reward

_FIND = """
SELECT c.id, c.referral, c.refunded_at FROM program p JOIN conversion c ON c.program = p.id AND c.order_id = $1
ORDER BY c.recorded_at LIMIT 1 FOR NO KEY UPDATE OF c
"""
_STANDS = "SELECT state FROM referral WHERE id = $1 FOR NO KEY UPDATE"
_OUTCOME = """
SELECT c.id AS conversion, c.order_id, c.refunded_at, c.referral, r.state AS referral_state
FROM conversion c LEFT JOIN referral r ON r.id = c.referral WHERE c.id = $1
"""
# What nobody has any more cannot be taken back.
_GONE = frozenset({"canceled", "expired"})


class OrderUnknown(Unknown):
    """No conversion of this order was reported."""


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """A refunded conversion: the rewards canceled before their release, and those clawed back after it."""

    conversion: UUID
    order_id: str
    refunded_at: datetime
    referral: UUID | None
    referral_state: str | None
    canceled: list[UUID]
    clawed_back: list[UUID]


async def refund(*, order_id: str, at: datetime, actor: str) -> Refunded:
    """Mark the order's conversion refunded and take back its rewards, once; told again, the answer is the same.

    Raises OrderUnknown.
    """
    rows = await ground.fetch(_FIND, order_id)
    if not rows:
        raise OrderUnknown("errors.rewards.order_unknown", field="order_id")
    if rows[0]["refunded_at"] is None:
        await _take_all_back(rows[0], at)
        await noting.note(actor=actor, action="conversion.refunded", subject=rows[0]["id"], at=at)
    return await _outcome(rows[0]["id"])


async def _take_all_back(conversion: dict[str, Any], at: datetime) -> None:
    await ground.execute("UPDATE conversion SET refunded_at = $2 WHERE id = $1", conversion["id"], at)
    if conversion["referral"] is None:
        # Nobody recommended it, and it earned nothing.
        return
    # The referral before its rewards, as a person who approves it does.
    await _void(conversion["referral"], at)
    rewards = Reward.objects().where(Reward.conversion == conversion["id"])
    for reward in await rewards.order_by(Reward.beneficiary, Reward.id).lock_rows("NO KEY UPDATE"):
        await _take_back(reward, at)


async def _void(referral: UUID, at: datetime) -> None:
    """What was refused or has lapsed stays so."""
    rows = await ground.fetch(_STANDS, referral)
    if lives.may_become(rows[0]["state"], "voided"):
        await referrals.move(referral=referral, to="voided", reason="refunded", at=at)


async def _take_back(reward: Reward, at: datetime) -> None:
    if reward.state in _GONE:
        return
    take = booking.canceled if reward.state == "pending" else booking.clawed_back
    if rules.may_become(reward.state, "canceled"):
        await moving.move(reward=reward.id, to="canceled", reason="refunded", at=at)
    await take(granting.worth_of(reward), at=at)


async def _outcome(conversion: UUID) -> Refunded:
    rows = await ground.fetch(_OUTCOME, conversion)
    rewards = [
        row["id"] for row in await ground.fetch("SELECT id FROM reward WHERE conversion = $1 ORDER BY side", conversion)
    ]
    return Refunded(
        **rows[0],
        canceled=await booking.booked("canceled", rewards=rewards),
        clawed_back=await booking.booked("clawed back", rewards=rewards),
    )
