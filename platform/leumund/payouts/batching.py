"""Draft a batch of what is due, by hand or by schedule; take a payout out of it, or let all of it be."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from leumund.audit import noting
from leumund.events import telling
from leumund.kit import ground
from leumund.kit.faults import Overtaken, Refused, Unknown
from leumund.payouts import booking, collecting, rules, setting, settling
from leumund.payouts.booking import Sum
from leumund.payouts.collecting import Planned
from leumund.payouts.tables import PayoutBatch
from leumund.rewards import moving

_INSERT = """
INSERT INTO payout (id, batch, beneficiary, way, cents, currency, idempotency_key, created_at)
SELECT id, $2, beneficiary, $5, cents, $6, idempotency_key, $7
FROM unnest($1::uuid[], $3::uuid[], $4::bigint[], $8::uuid[]) AS made (id, beneficiary, cents, idempotency_key)
"""
_ITEMS = """
INSERT INTO payout_item (payout, reward, cents, set_off_cents)
SELECT payout, reward, cents, set_off_cents
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) AS made (payout, reward, cents, set_off_cents)
"""
_DISCARD = "UPDATE payout_batch SET state = 'discarded', settled_at = $2 WHERE id = $1 AND state = ANY ($3)"
_OPEN = "SELECT id FROM payout WHERE batch = $1 AND state = ANY ($2) ORDER BY id"


class BatchUnknown(Unknown):
    """There is no such batch."""


class NothingDue(Refused):
    """Nobody can be paid this way now."""


class BatchMovedOn(Overtaken):
    """Somebody approved, sent or discarded the batch meanwhile."""


async def draft(*, way: str, currency: str, by: UUID | None, at: datetime) -> UUID:
    """Gather what is due by ``way`` in ``currency`` into a batch that waits for approval; ``by`` None is the schedule.

    Its rewards are scheduled and their money is on its way from now on, so that no other batch has them. Raises
    NothingDue.
    """
    await setting.lock()
    due = await collecting.due(way=way, currency=currency, at=at, lock=True)
    if not due.planned:
        raise NothingDue("errors.payouts.nothing_due")
    batch = uuid4()
    row = PayoutBatch(id=batch, way=way, currency=currency, created_at=at, created_by=by)
    row.checked_by, row.checked_at = by, at if by else None
    await PayoutBatch.insert(row)
    await _make(batch, due.planned, way, currency, at)
    actor = f"staff:{by}" if by else "system:payouts"
    detail = {"payouts": len(due.planned), "cents": due.cents, "currency": currency, "way": way}
    await noting.note(actor=actor, action="payout.drafted", subject=batch, detail=detail, at=at)
    return batch


async def discard(*, batch: UUID, by: UUID, at: datetime) -> None:
    """Let a batch be that was not sent; everybody's money is theirs again. Raises BatchUnknown, BatchMovedOn."""
    await lock(batch=batch)
    if not await ground.execute(_DISCARD, batch, at, rules.batches_before("discarded")):
        raise BatchMovedOn("errors.payouts.batch_moved_on")
    rows = await ground.fetch(_OPEN, batch, ["created", "approved"])
    await settling.let_go(payouts=[row["id"] for row in rows], reason="discarded", at=at)
    await noting.note(actor=f"staff:{by}", action="payout.discarded", subject=batch, at=at)


async def set_aside(*, payout: UUID, by: UUID, at: datetime) -> UUID:
    """Take one payout out of a draft; it comes with the next batch. Returns its batch.

    Raises settling.PayoutUnknown, BatchMovedOn.
    """
    row = await settling.find(payout=payout)
    if await lock(batch=row.batch) != "draft" or row.state != "created":
        raise BatchMovedOn("errors.payouts.batch_moved_on")
    await settling.let_go(payouts=[payout], reason="set_aside", at=at)
    if not await holds_any(batch=row.batch):
        await ground.execute(_DISCARD, row.batch, at, ["draft"])
    await noting.note(actor=f"staff:{by}", action="payout.set_aside", subject=payout, at=at)
    return row.batch


async def holds_any(*, batch: UUID) -> bool:
    """Whether anything is left in a batch that was not sent."""
    return bool(await ground.fetch(_OPEN + " LIMIT 1", batch, ["created", "approved"]))


async def lock(*, batch: UUID) -> str:
    """The state of a batch that nobody else changes meanwhile. Raises BatchUnknown."""
    rows = await ground.fetch("SELECT state FROM payout_batch WHERE id = $1 FOR NO KEY UPDATE", batch)
    if not rows:
        raise BatchUnknown("errors.payouts.batch_unknown")
    state: str = rows[0]["state"]
    return state


async def _make(batch: UUID, planned: Sequence[Planned], way: str, currency: str, at: datetime) -> None:
    ids, keys = [uuid4() for _ in planned], [uuid4() for _ in planned]
    people, cents = [each.beneficiary for each in planned], [each.cents for each in planned]
    await ground.execute(_INSERT, ids, batch, people, cents, way, currency, at, keys)
    items = [(payout, item) for payout, each in zip(ids, planned, strict=True) for item in each.items]
    await ground.execute(
        _ITEMS,
        [payout for payout, _ in items],
        [item.reward for _, item in items],
        [item.cents for _, item in items],
        [item.set_off_cents for _, item in items],
    )
    await moving.move_all(rewards=[item.reward for _, item in items], to="scheduled", at=at)
    sums = [
        Sum(payout=payout, beneficiary=person, cents=worth, currency=currency)
        for payout, person, worth in zip(ids, people, cents, strict=True)
    ]
    await booking.created(*sums, at=at)
    await telling.tell_all(happened=[("payout.created", payout) for payout in ids], at=at)
