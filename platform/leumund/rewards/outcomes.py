"""What became of a purchase or an event that was reported, as it stands now."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.referrals.claims import rules

_OUTCOME = """
SELECT c.id AS conversion, c.order_id, c.kind, c.event_key, c.cents, c.currency, c.categories, c.customer,
       c.occurred_at, c.referral, r.state AS referral_state, c.doubt, s.way AS claimed_by, s.reason AS claim_reason,
       coalesce(array_agg(w.id ORDER BY w.side, w.granted_at, w.id) FILTER (WHERE w.id IS NOT NULL), '{}') AS rewards
FROM conversion c LEFT JOIN referral r ON r.id = c.referral LEFT JOIN reward w ON w.conversion = c.id
LEFT JOIN LATERAL (
    SELECT k.way, j.reason FROM claim_judgement j JOIN referral_claim k ON k.id = j.claim WHERE j.conversion = c.id
    ORDER BY j.reason <> 'won', array_position($2::text[], k.way), k.claimed_at, k.id, j.at DESC
    LIMIT 1
) s ON true
WHERE c.id = $1 GROUP BY c.id, r.id, s.way, s.reason
"""


class ConversionUnknown(Unknown):
    """No such conversion here."""


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """A conversion as it stands, the state of its referral if it has one, and the rewards it earned.

    ``claimed_by`` is the way of the claim that won at it or came closest, ``claim_reason`` what became of that one.
    """

    conversion: UUID
    order_id: str
    kind: str
    event_key: str
    cents: int
    currency: str
    categories: list[str]
    customer: UUID
    occurred_at: datetime
    referral: UUID | None
    referral_state: str | None
    doubt: str | None
    claimed_by: str | None
    claim_reason: str | None
    rewards: list[UUID]


async def outcome(*, conversion: UUID) -> Converted:
    """A conversion as it stands now. One query. Raises ConversionUnknown."""
    rows = await ground.fetch(_OUTCOME, conversion, [*rules.WAYS])
    if not rows:
        raise ConversionUnknown("errors.rewards.conversion_unknown")
    return Converted(**rows[0])
