"""Choose whom a pass of scoring looks at, in the order of their ids: everybody who ever agreed, or some of them."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground

_AGREED = """
SELECT DISTINCT customer FROM consent_event
WHERE purpose = 'profile' AND channel = 'email' AND state = 'given' AND customer > $1 ORDER BY customer LIMIT $2
"""
# Whoever agreed once, and of whom anything a score rests on was written since. An answer that is brought in may be
# years old, but is in the tallies of no night before it came.
_CHANGED = """
SELECT customer FROM (
    SELECT customer FROM consent_event WHERE purpose = 'profile' AND channel = 'email' AND at >= $3
    UNION SELECT customer FROM survey_answer WHERE customer IS NOT NULL AND (tallied_at IS NULL OR tallied_at >= $3)
    UNION SELECT advocate FROM referral WHERE greatest(attributed_at, confirmed_at, qualified_at, decided_at) >= $3
    UNION SELECT customer FROM conversion WHERE greatest(recorded_at, refunded_at) >= $3
    UNION SELECT r.advocate FROM conversion c JOIN referral r ON r.id = c.referral
        WHERE greatest(c.recorded_at, c.refunded_at) >= $3
    UNION SELECT customer FROM customer_case WHERE greatest(opened_at, closed_at) >= $3
    UNION SELECT customer FROM participation WHERE greatest(requested_at, confirmed_at, ended_at) >= $3
) changed
WHERE customer > $1 AND EXISTS (
    SELECT FROM consent_event e WHERE e.customer = changed.customer
      AND e.purpose = 'profile' AND e.channel = 'email' AND e.state = 'given')
ORDER BY customer LIMIT $2
"""


async def whom(*, after: UUID, since_at: datetime | None, limit: int) -> list[UUID]:
    """The next ``limit`` behind ``after``; with ``since_at`` only of whom something was told since. One query."""
    asked = (_AGREED, after, limit) if since_at is None else (_CHANGED, after, limit, since_at)
    return [row["customer"] for row in await ground.fetch(*asked)]
