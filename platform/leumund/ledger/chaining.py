"""The chain over the books: each posting's hash is taken over all its figures and the hash before it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.kit.chains import Chain

COLUMNS = "id, debit, credit, currency, cents, cause, posted_at"


class Posted(NamedTuple):
    """A posting as it lies in the table: ``cents`` (minor units) went from ``debit`` to ``credit``."""

    id: UUID
    debit: UUID
    credit: UUID
    currency: str
    cents: int
    cause: str
    posted_at: datetime


def posted(row: Mapping[str, Any]) -> Posted:
    """The posting in a row that has the COLUMNS."""
    return Posted(**{name: row[name] for name in Posted._fields})


def written(each: Posted) -> bytes:
    """All of a posting as canonical JSON (RFC 8785: an array, without white space); times in UTC."""
    at = each.posted_at.astimezone(UTC).isoformat(timespec="microseconds")
    return msgspec.json.encode([each.id, each.debit, each.credit, each.currency, each.cents, each.cause, at])


BOOKS = Chain("ledger", table=("ledger_posting", COLUMNS, "posted_at"), row=posted, written=written, purpose="ledger")
