"""An order was given back, as a whole or in part: what the rest does not earn is canceled, or clawed back.

What was told as given back waits for its order where that comes later. No reward is ever changed: what is taken of it
is a posting, and a row that says by which refund.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.kit.faults import Refused, Unknown
from leumund.rewards import booking, ordering, reducing

CATCH_UP = "rewards.refund"
# An order that is being recorded at this moment does not see a refund told in the same one: it is looked for once more
# when whoever recorded it has long ended.
_LOOK_AGAIN = timedelta(minutes=2)
_FIND = """
SELECT id, referral, cents, refunded_at FROM conversion WHERE order_id = $1 AND kind = 'purchase' FOR NO KEY UPDATE
"""
_TELL = """
INSERT INTO refund (id, order_id, told_as, cents, told_at, conversion) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (order_id, told_as) WHERE restored_at IS NULL DO NOTHING RETURNING id
"""
_TOLD = "SELECT id, cents FROM refund WHERE order_id = $1 AND told_as = $2 AND restored_at IS NULL"
_WAITING = """
SELECT id FROM refund WHERE order_id = $1 AND conversion IS NULL AND restored_at IS NULL ORDER BY told_at, id FOR UPDATE
"""
_OUTCOME = """
SELECT f.order_id, f.told_as, f.cents, c.id AS conversion, c.refunded_at,
    c.referral, r.state AS referral_state,
    coalesce((SELECT array_agg(w.id ORDER BY w.side, w.id) FROM reward w WHERE w.conversion = c.id), '{}') AS rewards,
    coalesce((SELECT array_agg(d.reward ORDER BY d.reward) FROM reward_reduction d
        WHERE d.refund = f.id AND d.cents > 0), '{}') AS reduced
FROM refund f LEFT JOIN conversion c ON c.id = f.conversion LEFT JOIN referral r ON r.id = c.referral
WHERE f.id = $1
"""


class RefundReused(Refused):
    """The refund was told before with another sum."""


class RefundUnnamed(Refused):
    """A part was given back, and nothing tells it from another part of as much."""


class NothingGivenBack(Refused):
    """A sum of nothing, or below."""


class RefundUnknown(Unknown):
    """No such refund was told."""


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """What was given back of an order: the rewards canceled before their release, clawed back after it, or ``reduced``.

    There is no conversion while the order was not told; ``refunded_at`` is when all of it had been given back.
    """

    order_id: str
    told_as: str
    cents: int | None
    conversion: UUID | None
    refunded_at: datetime | None
    referral: UUID | None
    referral_state: str | None
    canceled: list[UUID]
    clawed_back: list[UUID]
    reduced: list[UUID]


async def refund(*, order_id: str, at: datetime, actor: str, cents: int | None = None, told_as: str = "") -> Refunded:
    """Take back what the order no longer earns, once for each ``told_as``; told again, the answer is the same.

    One that was restored and is told once more is given back once more. Without ``cents`` all of the order is given
    back. Raises NothingGivenBack, RefundUnnamed, RefundReused, ordering.NoOrderName.
    """
    order_id, told_as = ordering.name(order_id), ordering.part(told_as)
    if cents is not None and cents <= 0:
        raise NothingGivenBack("errors.rewards.nothing_given_back", field="amount_cents")
    if cents is not None and not told_as:
        raise RefundUnnamed("errors.rewards.refund_unnamed", field="refund_id")
    rows = await ground.fetch(_FIND, order_id)
    told = await ground.fetch(_TELL, uuid4(), order_id, told_as, cents, at, rows[0]["id"] if rows else None)
    if not told:
        (before,) = await ground.fetch(_TOLD, order_id, told_as)
        if before["cents"] != cents:
            raise RefundReused("errors.rewards.refund_reused", field="refund_id", refund_id=told_as)
        return await _outcome(before["id"])
    if rows:
        await reducing.reduce(conversion=rows[0]["id"], refund=told[0]["id"], at=at)
    else:
        await outbox.enqueue(kind=CATCH_UP, subject=told[0]["id"], due_at=at + _LOOK_AGAIN)
    subject = rows[0]["id"] if rows else told[0]["id"]
    await noting.note(actor=actor, action="conversion.refunded", subject=subject, at=at)
    return await _outcome(told[0]["id"])


async def catch_up(*, conversion: UUID, order_id: str, at: datetime) -> None:
    """Apply what was told as given back of the order before it was told itself."""
    for waiting in await ground.fetch(_WAITING, order_id):
        await ground.execute("UPDATE refund SET conversion = $2 WHERE id = $1", waiting["id"], conversion)
        await reducing.reduce(conversion=conversion, refund=waiting["id"], at=at)


async def look_again(*, refund: UUID, at: datetime) -> None:
    """Apply a refund that waits, if its order was being recorded while it was told. Raises RefundUnknown."""
    rows: list[dict[str, Any]] = await ground.fetch("SELECT order_id FROM refund WHERE id = $1", refund)
    if not rows:
        raise RefundUnknown("errors.rewards.refund_unknown")
    for found in await ground.fetch(_FIND, rows[0]["order_id"]):
        await catch_up(conversion=found["id"], order_id=rows[0]["order_id"], at=at)


async def _outcome(refund: UUID) -> Refunded:
    (row,) = await ground.fetch(_OUTCOME, refund)
    rewards = row.pop("rewards")
    canceled = await booking.booked("canceled", rewards=rewards, refund=refund)
    clawed_back = await booking.booked("clawed back", rewards=rewards, refund=refund)
    taken = {*canceled, *clawed_back}
    reduced = [one for one in row.pop("reduced") if one not in taken]
    return Refunded(**row, canceled=canceled, clawed_back=clawed_back, reduced=reduced)
