"""Grant what an event earned, to both sides at once: judged, held, booked, and due for release after the hold.

The program's row is locked first, so that two grants never spend the same last euro, pass one limit together or reach
one milestone twice. It is the lock that lets rows go on referring to the program: with the stronger one, two orders
that were just recorded would wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox
from leumund.rewards import booking, knowing
from leumund.rewards.attributing import Due
from leumund.rewards.booking import Worth
from leumund.rewards.judging import judging, meeting, units
from leumund.rewards.judging.judging import Judgement
from leumund.rewards.tables import Reward

_LOCK = "SELECT budget_cents FROM program WHERE id = $1 FOR NO KEY UPDATE"
_WRITE = """
INSERT INTO judgement (conversion, referral, rule, passed, reason, cents, judged_at)
SELECT $1, $2, rule, cents > 0, reason, cents, $3
FROM unnest($4::uuid[], $5::text[], $6::bigint[]) AS judged (rule, reason, cents)
"""


class BudgetSpent(Exception):
    """The program has not enough left for this; a person decides what happens."""


class NothingEarned(Exception):
    """No rule that was promised is met by the event."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What every rule says of an event, and whether the budget reaches for all of it."""

    due: Due
    judgements: Sequence[Judgement]
    within_budget: bool

    @property
    def passed(self) -> list[Judgement]:
        return [one for one in self.judgements if one.passed]


async def locked_budget(*, program: UUID) -> int:
    """What the program may spend, in minor units; nobody else grants of it until the end."""
    (row,) = await ground.fetch(_LOCK, program)
    cents: int = row["budget_cents"]
    return cents


async def judge(*, due: Due, at: datetime) -> Judged:
    """Judge ``due`` by the rules its friend was promised; the program is locked until the end."""
    budget_cents = await locked_budget(program=due.offer.id)
    judgements = judging.judge(due.offer, await knowing.facts(due=due, at=at))
    asked = sum(one.cents for one in judgements if not units.is_points(one.rule))
    spent = await booking.spent(program=due.offer.id, currency=due.offer.currency) if asked else 0
    return Judged(due=due, judgements=judgements, within_budget=spent + asked <= budget_cents)


async def keep(*, judged: Judged, at: datetime) -> None:
    """Write down what every rule said."""
    said = judged.judgements
    if said:
        rules, reasons, cents = [one.rule.id for one in said], [one.reason for one in said], [one.cents for one in said]
        await ground.execute(_WRITE, judged.due.conversion, judged.due.referral, at, rules, reasons, cents)


async def grant(*, due: Due, at: datetime) -> list[UUID]:
    """Judge, write it down, and grant a reward for every rule that passed; returns their ids.

    Raises BudgetSpent, NothingEarned.
    """
    judged = await judge(due=due, at=at)
    if not judged.passed:
        raise NothingEarned(str(due.conversion))
    if not judged.within_budget:
        raise BudgetSpent(str(due.offer.id))
    await keep(judged=judged, at=at)
    return await pay(judged=judged, at=at)


async def pay(*, judged: Judged, at: datetime) -> list[UUID]:
    """A reward for every rule that passed, within a budget that reaches; returns their ids."""
    assert judged.within_budget, "nobody grants what is not there"
    rewards = [_reward(judged.due, one, at) for one in judged.passed]
    if not rewards:
        return []
    await Reward.insert(*rewards)
    await booking.granted(*map(worth_of, rewards), at=at)
    for hold_until in sorted({reward.hold_until for reward in rewards}):
        due = [reward.id for reward in rewards if reward.hold_until == hold_until]
        await outbox.enqueue_all(kind="rewards.release", subjects=due, due_at=hold_until)
    return [reward.id for reward in rewards]


def worth_of(reward: Reward, *, owed_cents: int | None = None) -> Worth:
    """What is booked of a reward: all of it, or what is still owed of it."""
    return Worth(
        reward=reward.id,
        program=reward.program,
        beneficiary=reward.beneficiary,
        cents=reward.cents if owed_cents is None else owed_cents,
        currency=reward.currency,
    )


def _reward(due: Due, judged: Judgement, at: datetime) -> Reward:
    rule, version = judged.rule, due.offer.version
    return Reward(
        id=uuid4(),
        program=due.offer.id,
        version=version.id,
        referral=due.referral,
        conversion=due.conversion,
        rule=rule.id,
        side=rule.side,
        beneficiary=due.advocate if rule.side == "advocate" else due.friend,
        kind=rule.kind,
        cents=judged.cents,
        currency=units.of(rule, due.offer),
        once=meeting.pays_once(rule, due.offer),
        milestone=None if rule.milestone is None else rule.key,
        state="pending",
        granted_at=at,
        hold_until=at + timedelta(days=version.hold_days if rule.hold_days is None else rule.hold_days),
    )
