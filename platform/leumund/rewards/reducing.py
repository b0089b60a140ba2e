"""Take of a conversion's rewards what the rest of its order does not earn any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.events import telling
from leumund.kit import ground
from leumund.referrals import moving as referrals
from leumund.referrals import rules as lives
from leumund.rewards import booking, levelling, moving, owing, rules
from leumund.rewards.booking import Worth
from leumund.rewards.levelling import Left, Part, Promise

# All of an order is given back by a refund without a sum, or by as many parts as it takes.
_GIVEN_BACK = """
UPDATE conversion c SET refunded_at = CASE WHEN told.is_whole THEN coalesce(c.refunded_at, $2) END,
    doubt_before = CASE WHEN told.is_whole THEN coalesce(c.doubt, c.doubt_before) END,
    doubt = CASE WHEN NOT told.is_whole THEN coalesce(c.doubt, c.doubt_before) END
FROM (SELECT coalesce(sum(coalesce(f.cents, e.cents)) FILTER (WHERE f.id IS NOT NULL), 0)::bigint AS cents,
        count(f.id) > 0 AND sum(coalesce(f.cents, e.cents)) >= e.cents AS is_whole
      FROM conversion e LEFT JOIN refund f ON f.conversion = e.id AND f.restored_at IS NULL
      WHERE e.id = $1 GROUP BY e.id) told
WHERE c.id = $1 RETURNING c.referral, c.program, c.cents, least(told.cents, c.cents) AS refunded_cents, told.is_whole
"""
_STANDS = """
SELECT state, advocate, program,
    EXISTS (SELECT FROM conversion WHERE referral = $1 AND refunded_at IS NULL) AS qualified
FROM referral WHERE id = $1 FOR NO KEY UPDATE
"""
# Whoever reached a milestone by a referral that is void has fewer of them now; what that means a person decides.
_LOST = """
UPDATE reward w SET doubt = 'milestone_lost' FROM reward_rule u
WHERE u.id = w.rule AND w.program = $1 AND w.beneficiary = $2 AND w.milestone IS NOT NULL
  AND w.state NOT IN ('canceled', 'expired')
  AND w.cents > (SELECT coalesce(sum(cents), 0) FROM reward_reduction WHERE reward = w.id)
  AND u.milestone > (SELECT count(*) FROM referral WHERE advocate = $2 AND program = $1 AND state = 'approved')
"""


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """An order by what was given back of it: ``is_whole`` when nothing is left; ``referral`` is whose it counts for."""

    referral: UUID | None
    program: UUID | None
    cents: int
    refunded_cents: int
    is_whole: bool

    @property
    def left(self) -> Left:
        return Left(self.cents, self.refunded_cents)


async def reckon(*, conversion: UUID, at: datetime) -> Stands:
    """Write down how an order stands by all refunds that count, and say so; the conversion is locked."""
    (row,) = await ground.fetch(_GIVEN_BACK, conversion, at)
    return Stands(**row)


async def reduce(*, conversion: UUID, refund: UUID, at: datetime) -> None:
    """Take what ``refund`` leaves unearned; the conversion is locked, and the refund refers to it.

    A milestone is not taken back by this: it was reached by other referrals too, and a person looks at it.
    """
    stands = await reckon(conversion=conversion, at=at)
    await telling.tell(kind="conversion.refunded", subject=conversion, at=at)
    if stands.referral is None:
        # Nobody recommended it, and it earned nothing.
        return
    # The referral before its rewards, as a person who approves it does: whoever grants them now is waited for.
    (referral,) = await ground.fetch(_STANDS, stands.referral)
    if stands.is_whole:
        await _void(stands.referral, referral, at)
    for promise in await levelling.promises(conversion=conversion, left=stands.left):
        await _take(promise, refund, at)


async def _void(referral: UUID, stands: dict[str, Any], at: datetime) -> None:
    """Nothing is left by which it qualified. What was refused or has lapsed stays so."""
    if not stands["qualified"] and lives.may_become(stands["state"], "voided"):
        await referrals.move(referral=referral, to="voided", reason="refunded", at=at)
        await ground.execute(_LOST, stands["program"], stands["advocate"])


async def _take(promise: Promise, refund: UUID, at: datetime) -> None:
    """What is owed too much, of one reward after the other."""
    too_much = -promise.missing_cents
    for part in promise.standing:
        taken = min(part.owed_cents, too_much)
        if taken <= 0:
            continue
        too_much -= taken
        worth = part.worth(taken)
        if taken == part.owed_cents:
            await _cancel(part, worth, refund, at)
        else:
            await owing.take(reward=part.id, cents=taken, refund=refund, at=at)
            take = booking.reduced if part.state == "pending" else booking.clawed_back_in_part
            await take(worth, refund=refund, at=at)


async def _cancel(part: Part, worth: Worth, refund: UUID, at: datetime) -> None:
    """What is paid already, or on its way, stays so in its life, and is owed back in the books."""
    if rules.may_become(part.state, "canceled"):
        await moving.move(reward=part.id, to="canceled", reason="refunded", at=at)
    else:
        await owing.take(reward=part.id, cents=worth.cents, refund=refund, at=at)
    take = booking.canceled if part.state == "pending" else booking.clawed_back
    await take(worth, refund=refund, at=at)
