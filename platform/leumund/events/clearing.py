"""Let events go when nobody replays them any more; a nightly job."""

from datetime import datetime, timedelta

from leumund.kit import ground

_KEPT_FOR = timedelta(days=30)
# Whatever still waits for a try keeps its event.
_OLD = """
DELETE FROM event v WHERE at <= $1
AND NOT EXISTS (SELECT FROM event_delivery WHERE event = v.id AND state = 'waiting')
"""
_SECRETS = """
UPDATE event_endpoint SET prior_secret_sealed = NULL, prior_until = NULL WHERE prior_until <= $1
"""


async def clear(*, at: datetime) -> None:
    """Delete what happened a month ago with all that came of telling it, and secrets that sign nothing any more."""
    await ground.execute(_OLD, at - _KEPT_FOR)
    await ground.execute(_SECRETS, at)
