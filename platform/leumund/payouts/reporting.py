"""Payouts as the company's own systems read them: of all batches, with ids for people and for what is paid."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.payouts.settling import PayoutUnknown

_PAYOUT = """
SELECT p.id, p.state, p.reason, p.reference, p.way, p.cents, p.currency, p.beneficiary,
       p.created_at AS at, p.submitted_at, p.settled_at, i.rewards, i.set_off_cents
FROM payout p CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(reward ORDER BY reward), '{}') AS rewards,
           coalesce(sum(set_off_cents), 0)::bigint AS set_off_cents
    FROM payout_item WHERE payout = p.id
) i
"""
_PAYOUTS = f"""
{_PAYOUT} WHERE ($1 = '' OR p.state = $1) AND ($2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid))
ORDER BY p.created_at DESC, p.id DESC LIMIT $4
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A payout; ``rewards`` are paid by it, less ``set_off_cents`` that the person owed back, in minor units."""

    id: UUID
    state: str
    reason: str
    reference: str
    way: str
    cents: int
    currency: str
    beneficiary: UUID
    at: datetime
    submitted_at: datetime | None
    settled_at: datetime | None
    rewards: list[UUID]
    set_off_cents: int


async def payouts(*, state: str = "", after: str | None = None, limit: int = 50) -> Page[Told]:
    """All payouts, newest first. One query. Raises BadCursor."""
    rows = await ground.fetch(_PAYOUTS, state, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([Told(**row) for row in rows], limit=limit, stands=lambda told: (told.at, told.id))


async def payout(*, payout: UUID) -> Told:
    """One payout. One query. Raises PayoutUnknown."""
    rows = await ground.fetch(_PAYOUT + "WHERE p.id = $1", payout)
    if not rows:
        raise PayoutUnknown("errors.payouts.payout_unknown")
    return Told(**rows[0])
