"""Approve a batch: somebody stands for what is in it, and above the company's limits somebody else looks as well.

Whoever made a batch by hand stands for it; what the schedule made is looked through by one, and approved by another.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from leumund.audit import noting
from leumund.events import telling
from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.payouts import batching, rules, setting, withdrawing
from leumund.payouts.batching import BatchMovedOn

_TOTAL = """
SELECT b.currency, b.checked_by, count(p.id) AS payouts, coalesce(sum(p.cents), 0)::bigint AS cents,
       coalesce(max(p.cents), 0)::bigint AS largest_cents
FROM payout_batch b LEFT JOIN payout p ON p.batch = b.id AND p.state = 'created' WHERE b.id = $1 GROUP BY b.id
"""
# What one person alone let leave within a day counts together, since a large batch can be made of small ones.
_ALONE = """
SELECT coalesce(sum(p.cents), 0)::bigint AS cents FROM payout_batch b JOIN payout p ON p.batch = b.id AND p.stands
WHERE b.currency = $1 AND b.approved_at > $2::timestamptz - interval '1 day'
  AND (b.checked_by IS NULL OR b.checked_by = b.approved_by)
"""
_CHECK = "UPDATE payout_batch SET checked_by = $2, checked_at = $3 WHERE id = $1 AND state = 'draft'"
_APPROVE = """
UPDATE payout_batch SET state = 'approved', four_eyes = $2, approved_by = $3, approved_at = $4
WHERE id = $1 AND state = 'draft'
"""
_APPROVE_ALL = (
    "UPDATE payout SET state = 'approved', approved_at = $2 WHERE batch = $1 AND state = 'created' RETURNING id"
)


class SecondPerson(Refused):
    """It takes another person: who stands for a batch does not approve it where two have to look."""


class FiguresChanged(Refused):
    """What is in the batch is not what was looked at: a payout was taken out, or taken back."""


async def approve(*, batch: UUID, seen_cents: int, by: UUID, at: datetime) -> Literal["checked", "approved", "changed"]:
    """Approve a draft whose total is what ``by`` saw; of one that the schedule made and two have to see, the first
    only stands for it from now on. Where something in it was taken back meanwhile, that is taken out, and all of it
    has to be looked at again.

    Of two who approve, or approve and discard, at once, one wins and the other is told. Raises
    batching.BatchUnknown, BatchMovedOn, SecondPerson, FiguresChanged.
    """
    # Of two batches that are approved at once the second counts the first.
    await setting.lock()
    if await batching.lock(batch=batch) != "draft":
        raise BatchMovedOn("errors.payouts.batch_moved_on")
    if await withdrawing.withdraw(batch=batch, at=at):
        return "changed"
    total = (await ground.fetch(_TOTAL, batch))[0]
    if total["cents"] != seen_cents or not total["payouts"]:
        raise FiguresChanged("errors.payouts.figures_changed")
    two = await takes_two(
        currency=total["currency"], total_cents=total["cents"], largest_cents=total["largest_cents"], at=at
    )
    if two and total["checked_by"] is None:
        await ground.execute(_CHECK, batch, by, at)
        await noting.note(actor=f"staff:{by}", action="payout.checked", subject=batch, at=at)
        return "checked"
    if two and total["checked_by"] == by:
        raise SecondPerson("errors.payouts.second_person")
    await ground.execute(_APPROVE, batch, two, by, at)
    approved = await ground.fetch(_APPROVE_ALL, batch, at)
    await telling.tell_all(happened=[("payout.approved", row["id"]) for row in approved], at=at)
    detail = {"cents": total["cents"], "payouts": total["payouts"], "four_eyes": two}
    await noting.note(actor=f"staff:{by}", action="payout.approved", subject=batch, detail=detail, at=at)
    return "approved"


async def takes_two(*, currency: str, total_cents: int, largest_cents: int, at: datetime) -> bool:
    """Whether two people have to see a draft of this total and largest payout. Two queries."""
    limit, (alone,) = await setting.limit(currency=currency), await ground.fetch(_ALONE, currency, at)
    return rules.four_eyes(limit, total_cents=total_cents + alone["cents"], largest_cents=largest_cents)
