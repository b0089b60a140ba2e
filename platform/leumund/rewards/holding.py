"""Hold what was approved, since something came up before its release: it stays pending until a person has looked.

Nothing is canceled by that, and nothing released: a person lets it go on its way, or refuses it after all.
"""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.referrals import moving as referrals
from leumund.referrals.signs import looking
from leumund.rewards import booking, deciding, granting, moving, owing
from leumund.rewards.tables import Reward

_OPEN = """
SELECT FROM review_hold h JOIN referral r ON r.id = h.referral AND r.state = 'approved'
WHERE h.referral = $1 AND h.lifted_at IS NULL FOR UPDATE OF h
"""
_HOLD = """
INSERT INTO review_hold (referral, held_at) VALUES ($1, $2)
ON CONFLICT (referral) WHERE lifted_at IS NULL DO NOTHING
"""
_LIFT = "UPDATE review_hold SET lifted_at = $2 WHERE referral = $1 AND lifted_at IS NULL"
# What waits for a decision of its own is refused with its referral; opened again, all of it is looked at anew.
_NO_DOUBT = """
UPDATE conversion SET doubt = NULL, doubt_before = NULL
WHERE referral = $1 AND coalesce(doubt, doubt_before) IS NOT NULL
"""
_STANDS = "SELECT state FROM referral WHERE id = $1 FOR NO KEY UPDATE"


async def is_held(*, referral: UUID) -> bool:
    """Whether its rewards wait for a person."""
    return bool(await ground.fetch(_OPEN, referral))


async def holds(*, referral: UUID, at: datetime) -> bool:
    """Look at ``referral`` once more before a reward of it is released; whether a person has to look as well.

    It is locked before any of its rewards is, as whoever takes one back does.
    """
    (row,) = await ground.fetch(_STANDS, referral)
    if await is_held(referral=referral):
        return True
    if row["state"] != "approved" or not await looking.look(referral=referral, large_order=False, at=at):
        return False
    await ground.execute(_HOLD, referral, at)
    await noting.note(actor="system:reviews", action="referral.held", subject=referral, at=at)
    return True


async def lift(*, referral: UUID, by: UUID, at: datetime) -> None:
    """``by`` has looked and it stays approved: what is pending goes on, at once where its time is over."""
    await ground.execute(_LIFT, referral, at)
    await referrals.confirm(referral=referral, by=by, at=at)
    await deciding.record(referral=referral, verdict="approved", by=by, at=at)
    for reward in await _pending(referral):
        await outbox.enqueue(kind="rewards.release", subject=reward.id, due_at=max(at, reward.hold_until))
    await noting.note(actor=f"staff:{by}", action="referral.let_go_on", subject=referral, at=at)


async def cancel(*, referral: UUID, at: datetime) -> None:
    """Take back to the budget what was pending, since a person refuses it after all."""
    await ground.execute(_LIFT, referral, at)
    await ground.execute(_NO_DOUBT, referral)
    pending = await _pending(referral)
    owed = await owing.owed(rewards=[reward.id for reward in pending])
    for reward in pending:
        await moving.move(reward=reward.id, to="canceled", reason="refused", at=at)
        await booking.canceled(granting.worth_of(reward, owed_cents=owed[reward.id]), at=at)


async def _pending(referral: UUID) -> list[Reward]:
    rewards = Reward.objects().where(Reward.referral == referral).where(Reward.state == "pending")
    return list(await rewards.order_by(Reward.beneficiary, Reward.id).lock_rows("NO KEY UPDATE"))
