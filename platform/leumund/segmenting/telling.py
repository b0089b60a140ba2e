"""Tell marketing that customers moved from one class to another: a digest, once a week at most (requirements A111)."""

from datetime import datetime, timedelta

from leumund.kit import ground
from leumund.messages import alerting

KIND, _RIGHT = "class_changes", "segments.manage"
# An hour less than a week, since a night does not begin on the second.
_EVERY = timedelta(days=7) - timedelta(hours=1)
_NEW = """
SELECT count(*) FILTER (WHERE alerted_at IS NULL) AS waiting, max(alerted_at) AS last_at FROM class_change
"""
_TOLD = "UPDATE class_change SET alerted_at = $1 WHERE alerted_at IS NULL"


async def tell(*, at: datetime) -> int:
    """One mail to each who keeps segments, however many moved; how many of those are told of."""
    row = (await ground.fetch(_NEW))[0]
    if not row["waiting"] or (row["last_at"] is not None and at - row["last_at"] < _EVERY):
        return 0
    await ground.execute(_TOLD, at)
    await alerting.alert(kind=KIND, right=_RIGHT, at=at)
    return int(row["waiting"])
