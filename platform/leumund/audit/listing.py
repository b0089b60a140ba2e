"""List the audit log, newest first, page by page."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page

_PAGE = """
SELECT id, at, actor, action, subject, detail FROM audit_entry
WHERE ($1::timestamptz IS NULL OR (at, id) < ($1, $2::uuid)) AND ($4::uuid IS NULL OR subject = $4)
  AND ($5::timestamptz IS NULL OR at >= $5)
ORDER BY at DESC, id DESC LIMIT $3
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it was noted."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: UUID | None
    detail: dict[str, Any]


async def page(
    *, after: str | None = None, limit: int = 50, subject: UUID | None = None, since: datetime | None = None
) -> Page[Entry]:
    """At most ``limit`` (1 to 200) entries older than the cursor ``after``, and not before ``since``.

    Whoever knows when a ``subject`` began says so: the log is looked through by time. Raises BadCursor.
    """
    at, last = cursors.place(after)
    rows = await ground.fetch(_PAGE, at, last, cursors.asked_for(limit), subject, since)
    entries = [Entry(**row | {"detail": msgspec.json.decode(row["detail"])}) for row in rows]
    return cursors.cut(entries, limit=limit, stands=lambda entry: (entry.at, entry.id))
