"""List what operators did, newest first, page by page."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import cursors
from leumund.kit.cursors import Page
from leumund.operating.office import Desk

_PAGE = """
SELECT e.id, e.at, e.actor, e.action, e.tenant, e.slug, e.subject, o.email, s.email AS subject_email,
    EXISTS (SELECT FROM tenant t WHERE t.id = e.tenant) AS here
FROM operator_entry e
LEFT JOIN operator o ON e.actor = 'operator:' || o.id
LEFT JOIN operator s ON e.subject = s.id
WHERE ($1::timestamptz IS NULL OR (e.at, e.id) < ($1, $2::uuid)) AND ($4::uuid IS NULL OR e.tenant = $4)
ORDER BY e.at DESC, e.id DESC LIMIT $3
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it was noted; ``email`` is the acting operator's, ``subject_email`` that of the one acted upon.

    ``here`` says whether the company is still in the directory, and has a page.
    """

    id: UUID
    at: datetime
    actor: str
    action: str
    tenant: UUID | None
    slug: str | None
    subject: UUID | None
    email: str | None
    subject_email: str | None
    here: bool


async def page(desk: Desk, *, tenant: UUID | None = None, after: str | None = None, limit: int = 50) -> Page[Entry]:
    """At most ``limit`` entries, about one company or all. Raises BadCursor."""
    at, last = cursors.place(after)
    rows = await desk.connection.fetch(_PAGE, at, last, cursors.asked_for(limit), tenant)
    entries = [Entry(**dict(row)) for row in rows]
    return cursors.cut(entries, limit=limit, stands=lambda entry: (entry.at, entry.id))
