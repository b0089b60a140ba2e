"""Remind whoever decides of what has waited for long, once a week by one mail; none of it lapses meanwhile."""

from datetime import datetime, timedelta

from leumund.kit import ground
from leumund.messages import alerting
from leumund.rewards import deciding, doubting

KIND = "reviews_waiting"
LONG = timedelta(days=3)
_AGAIN = timedelta(days=7)
_TOLD = "SELECT FROM review_setting WHERE reminded_at > $1"
_TELL = """
INSERT INTO review_setting (id, changed_at, reminded_at) VALUES (1, $1, $1)
ON CONFLICT (id) DO UPDATE SET reminded_at = excluded.reminded_at
"""


async def remind(*, at: datetime) -> int:
    """How many have waited for so long that a mail goes out about them tonight."""
    old = await doubting.all_waiting(since=at - LONG)
    if not old or await ground.fetch(_TOLD, at - _AGAIN):
        return 0
    await alerting.alert(kind=KIND, right=deciding.RIGHT, at=at)
    await ground.execute(_TELL, at)
    return old
