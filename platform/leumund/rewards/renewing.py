"""Owe again what an order earns once more: more of the rewards that stand, and new ones for those that were canceled.

What was clawed back pays for it first, and that asks for nothing: it was granted before. Only what had gone back to the
budget has to be there still, and within the limits; if it is not, nothing of it is granted, and a person decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox
from leumund.rewards import attributing, booking, debts, granting, knowing, levelling, owing
from leumund.rewards.attributing import Due
from leumund.rewards.debts import Debts
from leumund.rewards.granting import BudgetSpent
from leumund.rewards.judging import capping, meeting, units
from leumund.rewards.judging.capping import Wanted
from leumund.rewards.levelling import Part, Promise
from leumund.rewards.reducing import Stands
from leumund.rewards.tables import Reward

_REFUNDS = "SELECT id, restored_at FROM refund WHERE conversion = $1 ORDER BY coalesce(restored_at, told_at) DESC, id"
_DOUBT = "UPDATE conversion SET doubt = $2 WHERE id = $1"
# What waited since it could not be granted anew is granted; what never was waits for its own reason.
_NO_DOUBT = """
UPDATE conversion c SET doubt = NULL WHERE id = $1 AND doubt IN ('budget', 'limit_reached')
AND EXISTS (SELECT FROM reward WHERE conversion = c.id)
"""


class LimitReached(Exception):
    """A limit of the program's would be passed by it."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """The order whose rewards are renewed: by which refund that counts no more, and which others there are."""

    conversion: UUID
    stands: Stands
    refund: UUID
    refunds: Sequence[dict[str, Any]]
    at: datetime

    async def promises(self) -> list[Promise]:
        return await levelling.promises(conversion=self.conversion, left=self.stands.left)

    async def clawed_cents(self, promise: Promise) -> int:
        """What was clawed back of it and is not owed again."""
        rewards, refunds = [part.id for part in promise.parts], [row["id"] for row in self.refunds]
        return sum((await booking.clawed(rewards=rewards, refunds=refunds)).values())


async def renew(*, conversion: UUID, stands: Stands, refund: UUID, at: datetime) -> None:
    """Owe what ``refund`` took and does not take any more; what cannot be granted anew waits for a person."""
    try:
        await renew_all(conversion=conversion, stands=stands, refund=refund, at=at)
    except (BudgetSpent, LimitReached) as fault:
        await ground.execute(_DOUBT, conversion, "budget" if isinstance(fault, BudgetSpent) else "limit_reached")
    else:
        await ground.execute(_NO_DOUBT, conversion)


async def is_due(*, conversion: UUID) -> UUID | None:
    """The refund by whose end a conversion waits to be granted anew what it had; None where it never had anything."""
    rows = await ground.fetch(_REFUNDS, conversion)
    had = await ground.fetch("SELECT FROM reward WHERE conversion = $1 LIMIT 1", conversion)
    return next((row["id"] for row in rows if row["restored_at"] is not None), None) if had else None


async def renew_all(*, conversion: UUID, stands: Stands, refund: UUID, at: datetime) -> list[UUID]:
    """As ``renew``; the new rewards. Whoever calls holds the people, the conversion and its referral.

    Raises BudgetSpent and LimitReached, when what was clawed back is owed again all the same.
    """
    assert stands.program is not None, "it counts for a referral"
    budget_cents = await granting.locked_budget(program=stands.program)
    owes = await debts.look(conversion=conversion)
    refunds = await ground.fetch(_REFUNDS, conversion)
    order = Order(conversion=conversion, stands=stands, refund=refund, refunds=refunds, at=at)
    granted: list[UUID] = []
    for promise in await order.promises():
        if promise.standing:
            cents = min(promise.missing_cents, await order.clawed_cents(promise))
            granted += await _raise(order, promise, owes, cents, clawed=True)
    due = await attributing.counted(conversion=conversion)
    if due is None or due.stands != "approved":
        return granted
    return granted + await _from_budget(order, due, owes, budget_cents)


async def _from_budget(order: Order, due: Due, owes: Debts, budget_cents: int) -> list[UUID]:
    facts = await knowing.facts(due=due, at=order.at)
    missing = [each for each in await order.promises() if each.missing_cents > 0 and each.may_be_renewed]
    missing = [each for each in missing if each.standing or meeting.may_again(each.rule, due.offer, facts)]
    wanted = [Wanted(each.rule, each.missing_cents, is_new=not each.standing) for each in missing]
    if not capping.reaches(wanted, offer=due.offer, facts=facts):
        raise LimitReached(str(order.conversion))
    clawed = [0 if each.standing else await order.clawed_cents(each) for each in missing]
    of_money = [not units.is_points(each.rule) for each in missing]
    asked = sum(
        max(0, each.missing_cents - back)
        for each, back, counts in zip(missing, clawed, of_money, strict=True)
        if counts
    )
    if asked and asked + await booking.spent(program=due.offer.id, currency=due.offer.currency) > budget_cents:
        raise BudgetSpent(str(due.offer.id))
    granted: list[UUID] = []
    for each, back in zip(missing, clawed, strict=True):
        if each.standing:
            granted += await _raise(order, each, owes, each.missing_cents, clawed=False)
        else:
            granted.append(await _anew(order, each, min(back, each.missing_cents)))
    return granted


async def _raise(order: Order, promise: Promise, owes: Debts, cents: int, *, clawed: bool) -> list[UUID]:
    """Owe more of what stands; beside it, what would pay a debt that is there no more.

    What was paid or is on its way is paid once: more of it is only owed as far as it was taken off other rewards.
    """
    for part in promise.standing:
        more = min(cents, part.cents - part.owed_cents, owes.room(part))
        if more <= 0:
            continue
        cents -= more
        owes.settle(part, more)
        await owing.take(reward=part.id, cents=-more, refund=order.refund, at=order.at)
        book = booking.owed_again if clawed else booking.paid_again
        await book(part.worth(more), pending=part.state == "pending", refund=order.refund, at=order.at)
    if cents <= 0 or promise.standing[-1].beneficiary in owes.gone:
        return []
    beside = _reward(promise.standing[-1], cents, order.at, beside=True)
    await _grant(order, beside, cents if clawed else 0)
    return [beside.id]


async def _anew(order: Order, promise: Promise, clawback_cents: int) -> UUID:
    """All that the promise was worth, less what other refunds leave unearned of it."""
    standing = next((row["id"] for row in order.refunds if row["restored_at"] is None), None)
    less = promise.full_cents - promise.keeps_cents if standing else 0
    again = _reward(promise.last, promise.keeps_cents + less, order.at, beside=False)
    await _grant(order, again, clawback_cents)
    if less and standing:
        await owing.take(reward=again.id, cents=less, refund=standing, at=order.at)
        await booking.reduced(granting.worth_of(again, owed_cents=less), refund=standing, at=order.at)
    return again.id


async def _grant(order: Order, reward: Reward, clawback_cents: int) -> None:
    await Reward.insert(reward)
    worth = granting.worth_of(reward)
    await booking.granted_again(worth, clawback_cents=clawback_cents, refund=order.refund, at=order.at)
    due_at = max(order.at, reward.hold_until)
    await outbox.enqueue(kind="rewards.release", subject=reward.id, due_at=due_at)


def _reward(like: Part, cents: int, at: datetime, *, beside: bool) -> Reward:
    """As the one before, and held until the same moment: nobody could give the order back for longer."""
    return Reward(
        id=uuid4(),
        program=like.program,
        version=like.version,
        referral=like.referral,
        conversion=like.conversion,
        rule=like.rule_id,
        side=like.side,
        beneficiary=like.beneficiary,
        kind=like.kind,
        cents=cents,
        currency=like.currency,
        once=like.once and not beside,
        tops_up=like.id if beside else None,
        state="pending",
        granted_at=at,
        hold_until=like.hold_until,
    )
