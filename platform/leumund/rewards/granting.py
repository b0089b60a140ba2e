"""Grant what a referral earned, to both sides at once: held, booked, and due for release after the hold."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox
from leumund.programs import offering
from leumund.rewards import booking, rules
from leumund.rewards.booking import Worth
from leumund.rewards.tables import Reward

# Held until the reward stands: whoever erases one of the two in this moment sees it, or is seen.
_GONE = "SELECT id, held FROM customer WHERE id = ANY ($1::uuid[]) ORDER BY id FOR SHARE"


class BudgetSpent(Exception):
    """The program has not enough left for this; a person decides what happens."""


class NothingEarned(Exception):
    """No rule of the program fits the order any more: its currency changed while the order waited."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """An approved referral and the conversion that qualified it; the rules of ``recorded_at`` say what it earned."""

    program: UUID
    referral: UUID
    conversion: UUID
    advocate: UUID
    friend: UUID
    order_cents: int
    currency: str
    recorded_at: datetime


async def grant(*, due: Due, at: datetime) -> list[UUID]:
    """A reward for each side whose rule the order met when it was recorded; returns their ids.

    Raises BudgetSpent, NothingEarned.

    The program's row is locked first, so that two grants never spend the same last euro. It is the lock that lets rows
    go on referring to the program: with the stronger one, two orders that were just recorded would wait for each other.
    """
    await ground.execute("SELECT FROM program WHERE id = $1 FOR NO KEY UPDATE", due.program)
    offer = await offering.as_of(program=due.program, at=due.recorded_at)
    earned = rules.earned(offer, order_cents=due.order_cents, currency=due.currency)
    if not earned:
        raise NothingEarned(str(due.conversion))
    spent = await booking.spent(program=due.program, currency=due.currency)
    if spent + sum(rule.cents or 0 for rule in earned) > offer.budget_cents:
        raise BudgetSpent(str(due.program))
    hold_until = at + timedelta(days=offer.version.hold_days)
    gone = await _gone(due)
    rewards = [each for rule in earned if (each := _reward(due, rule, at, hold_until)).beneficiary not in gone]
    if not rewards:
        return []
    await Reward.insert(*rewards)
    await booking.granted(*map(worth_of, rewards), at=at)
    for reward in rewards:
        await outbox.enqueue(kind="rewards.release", subject=reward.id, due_at=hold_until)
    return [reward.id for reward in rewards]


async def _gone(due: Due) -> set[UUID]:
    """Whoever was erased earns nothing more: nobody could ever pay them. What the other one was promised stands."""
    rows = await ground.fetch(_GONE, [due.advocate, due.friend])
    return {row["id"] for row in rows if row["held"] == "erased"}


def worth_of(reward: Reward) -> Worth:
    """What is booked of a reward."""
    return Worth(
        reward=reward.id,
        program=reward.program,
        beneficiary=reward.beneficiary,
        cents=reward.cents,
        currency=reward.currency,
    )


def _reward(due: Due, rule: offering.Rule, at: datetime, hold_until: datetime) -> Reward:
    return Reward(
        id=uuid4(),
        program=due.program,
        referral=due.referral,
        conversion=due.conversion,
        rule=rule.id,
        side=rule.side,
        beneficiary=due.advocate if rule.side == "advocate" else due.friend,
        kind=rule.kind,
        cents=rule.cents,
        currency=due.currency,
        state="pending",
        granted_at=at,
        hold_until=hold_until,
    )
