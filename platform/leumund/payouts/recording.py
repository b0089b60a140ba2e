"""Record by hand what became of payouts that nobody outside tells of: accounting saw it on a statement, or did it."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import free_text, ground
from leumund.kit.faults import Overtaken, Refused
from leumund.payouts import batching, settling
from leumund.payouts.batching import BatchMovedOn
from leumund.payouts.carrying import Carried

# What nobody but the company's own people knows the end of.
BY_HAND = frozenset({"sepa", "manual", "goods", "donation", "points"})
REASONS = ("account_closed", "account_wrong", "not_accepted", "undeliverable", "mistake")
LONGEST_REFERENCE = 140


class NotByHand(Refused):
    """What became of it is told by whoever carries it."""


class NoSuchReason(Refused):
    """It did not arrive, and the reason is none of those there are."""


class MovedOn(Overtaken):
    """It has come to another end meanwhile."""


async def arrived(*, batch: UUID, reference: str, by: UUID, at: datetime) -> int:
    """All of a batch that is still on its way has arrived, under ``reference`` in the books; how many that were.

    Raises batching.BatchUnknown, BatchMovedOn, NotByHand, free_text.TooLong.
    """
    told = free_text.checked(reference, field="reference", most=LONGEST_REFERENCE)
    if await batching.lock(batch=batch) != "sent":
        raise BatchMovedOn("errors.payouts.batch_moved_on")
    rows = await ground.fetch("SELECT id, way FROM payout WHERE batch = $1 AND state = 'submitted' ORDER BY id", batch)
    if any(row["way"] not in BY_HAND for row in rows):
        raise NotByHand("errors.payouts.not_by_hand")
    carried = Carried(state="confirmed", reference=told)
    moved = await settling.move(payouts=[row["id"] for row in rows], to="confirmed", carried=carried, at=at)
    detail = {"payouts": len(moved)}
    await noting.note(actor=f"staff:{by}", action="payout.arrived", subject=batch, detail=detail, at=at)
    return len(moved)


async def record(*, payout: UUID, reason: str, reference: str, by: UUID, at: datetime) -> UUID:
    """One payout arrived, or, with a ``reason`` of REASONS, did not or came back; returns its batch.

    Raises settling.PayoutUnknown, NotByHand, NoSuchReason, MovedOn, free_text.TooLong.
    """
    told = free_text.checked(reference, field="reference", most=LONGEST_REFERENCE)
    if reason and reason not in REASONS:
        raise NoSuchReason("errors.payouts.reason", field="reason")
    row = await settling.find(payout=payout)
    if row.way not in BY_HAND:
        raise NotByHand("errors.payouts.not_by_hand")
    carried = Carried(state="failed" if reason else "confirmed", reason=reason, reference=told)
    if row.state not in ("submitted", "confirmed") or (row.state == "confirmed" and not reason):
        raise MovedOn("errors.payouts.moved_on")
    await settling.settle(payout=payout, carried=carried, at=at)
    action = "payout.came_back" if reason else "payout.arrived"
    await noting.note(actor=f"staff:{by}", action=action, subject=payout, detail={"reason": reason}, at=at)
    return row.batch
