"""What was sent to an endpoint and what came of it, newest first."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page

STATES = ("waiting", "delivered", "failed")
# The tries of a page's deliveries come along: one query for all of it.
_SENT = """
SELECT d.id, d.state, d.due_at, d.settled_at, v.id AS event, v.kind, v.subject, v.at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', a.at, 'status', a.status, 'fault', a.fault,
                                                     'took_ms', a.took_ms) ORDER BY a.at)
                 FROM event_attempt a WHERE a.delivery = d.id), '[]') AS attempts
FROM event_delivery d JOIN event v ON v.id = d.event
WHERE d.endpoint = $1 AND ($2 = '' OR d.state = $2)
  AND ($3::timestamptz IS NULL OR (d.due_at, d.id) < ($3, $4::uuid))
ORDER BY d.due_at DESC, d.id DESC LIMIT $5
"""
_COUNTED = "SELECT endpoint, state, count(*) AS n FROM event_delivery GROUP BY endpoint, state"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try: the status it was answered with, or the short name of what was in the way."""

    at: datetime
    status: int | None
    fault: str | None
    took_ms: int


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with its event and its tries, oldest first."""

    id: UUID
    state: str
    due_at: datetime
    settled_at: datetime | None
    event: UUID
    kind: str
    subject: UUID
    at: datetime
    attempts: list[Attempt]


async def sent(*, endpoint: UUID, state: str = "", after: str | None = None, limit: int = 50) -> Page[Sent]:
    """Deliveries to ``endpoint``, one query a page. Raises BadCursor."""
    rows = await ground.fetch(_SENT, endpoint, state, *cursors.place(after), cursors.asked_for(limit))
    page = cursors.cut(rows, limit=limit, stands=lambda row: (row["due_at"], row["id"]))
    found = [{**row, "attempts": msgspec.json.decode(row["attempts"])} for row in page.rows]
    return Page(msgspec.convert(found, list[Sent]), page.after)


async def counted() -> dict[UUID, dict[str, int]]:
    """How many deliveries of the last month stand how, by endpoint and state."""
    found: dict[UUID, dict[str, int]] = {}
    for row in await ground.fetch(_COUNTED):
        found.setdefault(row["endpoint"], {})[row["state"]] = row["n"]
    return found
