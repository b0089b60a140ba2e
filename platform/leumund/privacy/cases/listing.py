"""List cases: the board of those that are open, the most urgent first, and those that are closed, page by page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.privacy.cases import rules
from leumund.privacy.cases.rules import Kind, State
from leumund.staff import members

MOST_OPEN = 300
_COLUMNS = f"""
SELECT c.id, c.kind, c.state, c.came, c.customer, c.subject, c.received_at, c.due_date,
       c.extended_at IS NOT NULL AS extended, c.closed_at,
       {naming.sealed("p", as_="person", resting=True)}, {members.BROUGHT}
FROM rights_case c LEFT JOIN customer p ON p.id = c.customer LEFT JOIN staff_member m ON m.id = c.worker
"""  # noqa: S608 - names of ours alone
_OPEN = f"""{_COLUMNS}
WHERE c.closed_at IS NULL AND ($1 = '' OR c.kind = $1) AND ($2::uuid IS NULL OR c.worker = $2)
ORDER BY c.due_date, c.received_at, c.id LIMIT {MOST_OPEN}
"""
_CLOSED = f"""{_COLUMNS}
WHERE c.closed_at IS NOT NULL AND ($1 = '' OR c.kind = $1)
  AND ($2::timestamptz IS NULL OR (c.closed_at, c.id) < ($2, $3::uuid))
ORDER BY c.closed_at DESC, c.id DESC LIMIT $4
"""
_COUNT = """
SELECT count(*) FILTER (WHERE state = 'received') AS received,
       count(*) FILTER (WHERE state = 'identified') AS identified,
       count(*) FILTER (WHERE state = 'in_work') AS in_work, count(*) FILTER (WHERE due_date < $1) AS overdue,
       count(*) FILTER (WHERE due_date >= $1 AND due_date <= $1 + 3) AS soon
FROM rights_case WHERE closed_at IS NULL
"""
_OF = f"{_COLUMNS} WHERE c.customer = $1 ORDER BY c.received_at DESC, c.id DESC LIMIT 50"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a list shows it."""

    id: UUID
    kind: Kind
    state: State
    came: str
    customer: UUID | None
    subject: UUID | None
    name: str
    worker: str | None
    received_at: datetime
    due_date: date
    extended: bool
    closed_at: datetime | None

    def days_left(self, today: date) -> int:
        """Below zero when it is late."""
        return (self.due_date - today).days

    def is_overdue(self, today: date) -> bool:
        return self.closed_at is None and rules.is_overdue(self.due_date, today=today)


async def board(*, kind: str = "", worker: UUID | None = None) -> Mapping[State, list[Listed]]:
    """Open cases by state, whatever is due first at the top; of ``kind`` and ``worker`` where they are named."""
    rows = [_listed(row) for row in await ground.fetch(_OPEN, kind, worker)]
    return {state: [row for row in rows if row.state == state] for state in rules.OPEN}


async def closed(*, kind: str = "", after: str | None = None, limit: int = 50) -> Page[Listed]:
    """Closed cases, the newest first. Raises BadCursor."""
    rows = [_listed(row) for row in await ground.fetch(_CLOSED, kind, *cursors.place(after), cursors.asked_for(limit))]
    return cursors.cut(rows, limit=limit, stands=_stands)


async def counts(*, today: date) -> Mapping[str, int]:
    """How many are open in each state, how many of them late, and how many due within three days."""
    rows = await ground.fetch(_COUNT, today)
    return dict(rows[0])


async def of(*, customer: UUID) -> list[Listed]:
    """What one person asked for, the newest first."""
    return [_listed(row) for row in await ground.fetch(_OF, customer)]


def _listed(row: dict[str, Any]) -> Listed:
    person, worker = naming.take(row, as_="person"), members.take(row)
    row.pop("person_id")
    return Listed(name=person.shown, worker=worker, **row)


def _stands(row: Listed) -> tuple[datetime, UUID]:
    assert row.closed_at is not None, "the list is of closed cases"
    return row.closed_at, row.id
