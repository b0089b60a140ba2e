"""List the audit log, newest first, page by page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import faults, ground

_PAGE_LIMIT = 200
_PAGE = """
SELECT id, at, actor, action, subject, detail FROM audit_entry
WHERE ($1::timestamptz IS NULL OR (at, id) < ($1, $2::uuid)) AND ($4::uuid IS NULL OR subject = $4)
ORDER BY at DESC, id DESC LIMIT $3
"""


class BadCursor(faults.Refused):
    """Where to go on is nothing this list has said."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it was noted."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: UUID | None
    detail: dict[str, Any]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, and the cursor of the next page where there is one."""

    entries: list[Entry]
    after: str | None


async def page(*, after: str | None = None, limit: int = 50, subject: UUID | None = None) -> Page:
    """At most ``limit`` (1 to 200) entries older than the cursor ``after``. Raises BadCursor."""
    assert 0 < limit <= _PAGE_LIMIT, "a page has an end"
    at, last = (None, None) if after is None else _read(after)
    # One more than asked for tells whether there is a next page.
    rows = await ground.fetch(_PAGE, at, last, limit + 1, subject)
    entries = [Entry(**row | {"detail": msgspec.json.decode(row["detail"])}) for row in rows[:limit]]
    return Page(entries=entries, after=_write(entries[-1]) if len(rows) > limit else None)


def _write(entry: Entry) -> str:
    return urlsafe_b64encode(f"{entry.at.isoformat()}|{entry.id}".encode()).decode()


def _read(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, last = urlsafe_b64decode(cursor).decode().partition("|")
        return datetime.fromisoformat(at), UUID(last)
    except ValueError as fault:
        raise BadCursor("errors.audit.cursor") from fault
