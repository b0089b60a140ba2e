"""What programs brought and cost: people, friends, and where their budget is."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.programs.offers import Offer

# One pass for all programs; a reward that was called off costs nothing.
_COSTS = """
SELECT p.id,
    (SELECT count(*) FROM participation t WHERE t.program = p.id AND t.confirmed_at IS NOT NULL AND t.ended_at IS NULL)
        AS advocates,
    (SELECT count(*) FROM referral r WHERE r.program = p.id AND r.confirmed_at IS NOT NULL) AS referrals,
    (SELECT count(*) FROM referral r WHERE r.program = p.id AND r.state = 'approved') AS approved,
    coalesce((SELECT sum(w.cents) FROM reward w WHERE w.program = p.id AND w.currency = p.currency
        AND w.state = 'pending'), 0)::bigint AS held_cents,
    coalesce((SELECT sum(w.cents) FROM reward w WHERE w.program = p.id AND w.currency = p.currency
        AND w.state NOT IN ('pending', 'canceled', 'expired')), 0)::bigint AS spent_cents
FROM program p WHERE p.id = ANY ($1::uuid[])
"""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """``held`` may still be called off, ``spent`` is somebody's or paid; in the program's currency."""

    id: UUID
    advocates: int
    referrals: int
    approved: int
    held_cents: int
    spent_cents: int


async def costs(*, offers: Sequence[Offer]) -> dict[UUID, Cost]:
    """Of each program by its id. One query."""
    rows = await ground.fetch(_COSTS, [offer.id for offer in offers])
    return {row["id"]: Cost(**row) for row in rows}
