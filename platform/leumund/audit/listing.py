"""List the audit log, newest first, page by page, and find in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import chaining
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page

_PLACE = "($1::timestamptz IS NULL OR (at, id) < ($1, $2::uuid))"
_NEWEST_FIRST = "ORDER BY at DESC, id DESC LIMIT $3"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it was noted; ``changes`` are old and new by field, masked."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: UUID | None
    detail: dict[str, Any]
    changes: dict[str, list[Any]] = {}


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What to find: entries of one ``actor`` or kind of actors, of some actions, about some ``subjects``, of a time.

    None and empty leave a part open; an empty list finds nothing. ``before`` itself is no longer meant.
    """

    actor: str = ""
    actions: Sequence[str] | None = None
    subjects: Sequence[UUID] | None = None
    since: datetime | None = None
    before: datetime | None = None


async def page(
    *, after: str | None = None, limit: int = 50, subject: UUID | None = None, since: datetime | None = None
) -> Page[Entry]:
    """At most ``limit`` (1 to 200) entries older than the cursor ``after``, and not before ``since``.

    Whoever knows when a ``subject`` began says so: the log is looked through by time. Raises BadCursor.
    """
    sought = Sought(subjects=None if subject is None else [subject], since=since)
    return await find(sought=sought, after=after, limit=limit)


async def find(*, sought: Sought, after: str | None = None, limit: int = 50) -> Page[Entry]:
    """At most ``limit`` (1 to 200) entries that are ``sought``, older than the cursor ``after``. Raises BadCursor."""
    asked, given = _asked(sought)
    # Only what is asked for stands in the statement: so a person's entries are found by their index.
    rows = await ground.fetch(
        f"SELECT {chaining.COLUMNS} FROM audit_entry WHERE {' AND '.join([_PLACE, *asked])} {_NEWEST_FIRST}",  # noqa: S608
        *cursors.place(after),
        cursors.asked_for(limit),
        *given,
    )
    return cursors.cut([_entry(row) for row in rows], limit=limit, stands=lambda entry: (entry.at, entry.id))


def _asked(sought: Sought) -> tuple[list[str], list[object]]:
    """Conditions with places from $4 on, and what stands in these."""
    parts = list(_parts(sought))
    return [condition.format(n) for n, (condition, _) in enumerate(parts, 4)], [value for _, value in parts]


def _parts(sought: Sought) -> Iterator[tuple[str, object]]:
    if sought.actor:
        # A whole actor has a name; a kind of actors, none.
        yield ("actor = ${}" if ":" in sought.actor else "split_part(actor, ':', 1) = ${}"), sought.actor
    if sought.actions is not None:
        yield "action = ANY (${}::text[])", sought.actions
    if sought.subjects is not None:
        yield "subject = ANY (${}::uuid[])", sought.subjects
    if sought.since is not None:
        yield "at >= ${}", sought.since
    if sought.before is not None:
        yield "at < ${}", sought.before


def _entry(row: dict[str, Any]) -> Entry:
    told = {name: msgspec.json.decode(row[name]) for name in ("detail", "changes")}
    return Entry(**row | told)
