"""Take of a conversion's rewards what the rest of its order does not earn any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.events import telling
from leumund.kit import ground
from leumund.programs.offering import Rule
from leumund.referrals import moving as referrals
from leumund.referrals import rules as lives
from leumund.rewards import booking, moving, owing, rules
from leumund.rewards.booking import Worth
from leumund.rewards.judging import worth

# All of an order is given back by a refund without a sum, or by as many parts as it takes.
_GIVEN_BACK = """
UPDATE conversion c SET refunded_at = CASE WHEN told.cents >= c.cents THEN coalesce(c.refunded_at, $2)
                                           ELSE c.refunded_at END,
    doubt = CASE WHEN told.cents >= c.cents THEN NULL ELSE c.doubt END
FROM (SELECT sum(coalesce(f.cents, e.cents))::bigint AS cents FROM refund f JOIN conversion e ON e.id = f.conversion
      WHERE e.id = $1) told
WHERE c.id = $1 RETURNING c.referral, c.cents, least(told.cents, c.cents) AS refunded_cents,
    told.cents >= c.cents AS whole
"""
_STANDS = """
SELECT state, advocate, program,
    EXISTS (SELECT FROM conversion WHERE referral = $1 AND refunded_at IS NULL) AS qualified
FROM referral WHERE id = $1 FOR NO KEY UPDATE
"""
# What nobody has any more cannot be taken back.
_REWARDS = """
SELECT w.id, w.program, w.beneficiary, w.currency, w.state, w.milestone IS NOT NULL AS is_milestone, w.cents,
    to_jsonb(u) AS rule,
    (w.cents - coalesce((SELECT sum(cents) FROM reward_reduction WHERE reward = w.id), 0))::bigint AS owed_cents
FROM reward w JOIN reward_rule u ON u.id = w.rule
WHERE w.conversion = $1 AND w.state NOT IN ('canceled', 'expired') ORDER BY w.beneficiary, w.id FOR NO KEY UPDATE OF w
"""
# Whoever reached a milestone by a referral that is void has fewer of them now; what that means a person decides.
_LOST = """
UPDATE reward w SET doubt = 'milestone_lost' FROM reward_rule u
WHERE u.id = w.rule AND w.program = $1 AND w.beneficiary = $2 AND w.milestone IS NOT NULL
  AND w.state NOT IN ('canceled', 'expired')
  AND w.cents > (SELECT coalesce(sum(cents), 0) FROM reward_reduction WHERE reward = w.id)
  AND u.milestone > (SELECT count(*) FROM referral WHERE advocate = $2 AND program = $1 AND state = 'approved')
"""


async def reduce(*, conversion: UUID, refund: UUID, at: datetime) -> None:
    """Take what ``refund`` leaves unearned; the conversion is locked, and the refund refers to it.

    A milestone is not taken back by this: it was reached by other referrals too, and a person looks at it.
    """
    (told,) = await ground.fetch(_GIVEN_BACK, conversion, at)
    await telling.tell(kind="conversion.refunded", subject=conversion, at=at)
    if told["referral"] is None:
        # Nobody recommended it, and it earned nothing.
        return
    # The referral before its rewards, as a person who approves it does: whoever grants them now is waited for.
    (stands,) = await ground.fetch(_STANDS, told["referral"])
    if told["whole"]:
        await _void(told["referral"], stands, at)
    for reward in await ground.fetch(_REWARDS, conversion):
        if not reward["is_milestone"]:
            await _take(reward, told, refund, at)


async def _void(referral: UUID, stands: dict[str, Any], at: datetime) -> None:
    """Nothing is left by which it qualified. What was refused or has lapsed stays so."""
    if not stands["qualified"] and lives.may_become(stands["state"], "voided"):
        await referrals.move(referral=referral, to="voided", reason="refunded", at=at)
        await ground.execute(_LOST, stands["program"], stands["advocate"])


async def _take(reward: dict[str, Any], told: dict[str, Any], refund: UUID, at: datetime) -> None:
    keeps = worth.after_refund(
        msgspec.convert(msgspec.json.decode(reward["rule"]), Rule),
        paid_cents=reward["cents"],
        order_cents=told["cents"],
        refunded_cents=told["refunded_cents"],
    )
    pending, taken = reward["state"] == "pending", reward["owed_cents"] - keeps
    if taken <= 0:
        return
    if not keeps:
        await _cancel(reward, pending=pending, refund=refund, at=at)
    else:
        await owing.take(reward=reward["id"], cents=taken, refund=refund, at=at)
        take = booking.reduced if pending else booking.clawed_back_in_part
        await take(_worth(reward, taken), refund=refund, at=at)


async def _cancel(reward: dict[str, Any], *, pending: bool, refund: UUID, at: datetime) -> None:
    """What is paid already, or on its way, stays so in its life, and is owed back in the books."""
    if rules.may_become(reward["state"], "canceled"):
        await moving.move(reward=reward["id"], to="canceled", reason="refunded", at=at)
    else:
        await owing.take(reward=reward["id"], cents=reward["owed_cents"], refund=refund, at=at)
    take = booking.canceled if pending else booking.clawed_back
    await take(_worth(reward, reward["owed_cents"]), refund=refund, at=at)


def _worth(reward: dict[str, Any], cents: int) -> Worth:
    return Worth(
        reward=reward["id"],
        program=reward["program"],
        beneficiary=reward["beneficiary"],
        cents=cents,
        currency=reward["currency"],
    )
