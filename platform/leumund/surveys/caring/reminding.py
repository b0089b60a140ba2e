"""Remind whoever has cases of new ones, of those due within a day, and of late ones: each of that once, by one mail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import ground
from leumund.messages import alerting
from leumund.surveys.caring import arranging

_SOON = timedelta(days=1)
# Whose data rest waits as well.
_DUE = """
SELECT c.id, c.owner FROM customer_case c JOIN customer p ON p.id = c.customer
WHERE c.closed_at IS NULL AND c.contacted_at IS NULL AND p.held IS NULL
  AND (c.told_at IS NULL OR (c.due_at <= $1 AND c.told_at < c.due_at)
       OR (c.due_at <= $1 + $2::interval AND c.told_at < c.due_at - $2::interval))
ORDER BY c.id FOR UPDATE OF c
"""
_TOLD = "UPDATE customer_case SET told_at = $2 WHERE id = ANY ($1::uuid[])"


async def remind(*, at: datetime) -> int:
    """One mail to each owner, however many cases; what is nobody's, all are told who may take it. How many cases."""
    rows = await ground.fetch(_DUE, at, _SOON)
    if rows:
        await _tell({row["owner"] for row in rows}, at)
        await ground.execute(_TOLD, [row["id"] for row in rows], at)
    return len(rows)


async def _tell(owners: Iterable[UUID | None], at: datetime) -> None:
    able = {member.id: member for member in await arranging.able()}
    known = {owner for owner in owners if owner in able}
    told = able.values() if known != set(owners) else [able[owner] for owner in known if owner is not None]
    await alerting.alert_each(kind="care_digest", members=list(told), at=at)
