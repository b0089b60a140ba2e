"""Let go of events that Stripe will not tell again: by hand it can do so for thirty days."""

from datetime import datetime, timedelta

from leumund.kit import ground

_KEPT = timedelta(days=60)
_CLEAR = "DELETE FROM stripe_event WHERE settled_at IS NOT NULL AND received_at < $1"


async def clear(*, at: datetime) -> int:
    """How many went."""
    return await ground.execute(_CLEAR, at - _KEPT)
