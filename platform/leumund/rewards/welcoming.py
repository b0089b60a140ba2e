"""A friend has confirmed that they sign up: an event like any other, where something was promised for it."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.rewards import attributing, earning

_FRIEND = "SELECT friend FROM referral WHERE id = $1 AND confirmed_at IS NOT NULL"
_RECORD = """
INSERT INTO conversion (order_id, kind, customer, number, cents, currency, occurred_at, recorded_at)
SELECT r.id::text, 'sign_up', r.friend,
       (SELECT coalesce(max(number), 0) + 1 FROM conversion WHERE customer = r.friend),
       0, p.currency, r.confirmed_at, $2
FROM referral r JOIN program p ON p.id = r.program WHERE r.id = $1
ON CONFLICT (order_id, kind, event_key) DO NOTHING RETURNING id
"""


async def welcome(*, referral: UUID, at: datetime) -> None:
    """Earn what was promised for the sign-up, once; whoever was forgotten meanwhile earns nothing."""
    rows = await ground.fetch(_FRIEND, referral)
    if not rows:
        return
    await attributing.hold(friend=rows[0]["friend"])
    for recorded in await ground.fetch(_RECORD, referral, at):
        await earning.earn(conversion=recorded["id"], at=at)
