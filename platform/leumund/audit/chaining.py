"""The chain over the log: each entry's hash is taken over all its characters and the hash before it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.kit import chains
from leumund.kit.chains import Chain

BEGINNING = chains.BEGINNING
COLUMNS = "id, at, actor, action, subject, detail::text AS detail, changes::text AS changes"


class Entry(NamedTuple):
    """An entry as it lies in the table; ``detail`` and ``changes`` are JSON as the database writes it."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: UUID | None
    detail: str
    changes: str


def entry(row: Mapping[str, Any]) -> Entry:
    """The entry in a row that has the COLUMNS."""
    return Entry(**{name: row[name] for name in Entry._fields})


def written(each: Entry) -> bytes:
    """All of an entry as canonical JSON (RFC 8785: an array of texts, without white space); times in UTC."""
    at = each.at.astimezone(UTC).isoformat(timespec="microseconds")
    return msgspec.json.encode([each.id, at, each.actor, each.action, each.subject, each.detail, each.changes])


def follow(before: str, *, position: int, entry: Entry) -> str:
    """The hash of ``entry`` at ``position`` (from 1) after the hash ``before``."""
    return LOG.follow(before, position=position, row=entry)


LOG = Chain("audit", table=("audit_entry", COLUMNS, "at"), row=entry, written=written, purpose="audit log")
