"""List cases: those that are open, whatever is due first at the top, and those that are closed, the newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.staff import members
from leumund.surveys.caring.rules import Outcome, State
from leumund.surveys.questions.moods import Mood

VIEWS = ("open", "overdue", "closed")
_COLUMNS = f"""
SELECT c.id, c.mood, c.state, c.customer, c.answered_at, c.opened_at, c.due_at, c.closed_at, c.outcome, a.score,
       (a.comment_sealed IS NOT NULL OR a.words_sealed IS NOT NULL) AS said, c.owner,
       {naming.sealed("p", as_="person")}, {members.BROUGHT}
FROM customer_case c JOIN customer p ON p.id = c.customer JOIN survey_answer a ON a.id = c.answer
LEFT JOIN staff_member m ON m.id = c.owner
WHERE p.held IS NULL
"""  # noqa: S608 - names of ours alone
_WHOSE = "($1 = '' OR c.mood = $1) AND ($2::uuid IS NULL OR c.owner = $2)"
_OPEN = f"""{_COLUMNS} AND c.closed_at IS NULL AND {_WHOSE}
  AND ($6::timestamptz IS NULL OR (c.due_at < $6 AND c.contacted_at IS NULL))
  AND ($3::timestamptz IS NULL OR (c.due_at, c.id) > ($3, $4::uuid))
ORDER BY c.due_at, c.id LIMIT $5
"""
_CLOSED = f"""{_COLUMNS} AND c.closed_at IS NOT NULL AND {_WHOSE}
  AND ($3::timestamptz IS NULL OR (c.closed_at, c.id) < ($3, $4::uuid))
ORDER BY c.closed_at DESC, c.id DESC LIMIT $5
"""
_OF = f"{_COLUMNS} AND c.customer = $1 ORDER BY c.opened_at DESC, c.id DESC LIMIT 20"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a list shows it; ``said`` where the person wrote something."""

    id: UUID
    mood: Mood
    state: State
    customer: UUID
    name: str
    score: int | None
    said: bool
    owner: UUID | None
    owner_name: str | None
    answered_at: datetime
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None

    def is_overdue(self, at: datetime) -> bool:
        """Whether nobody was reached in time, and it is open still."""
        return self.state == "open" and self.due_at < at


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases: one of VIEWS, of a ``mood`` (empty: any) and an ``owner`` (None: anybody's)."""

    view: str = "open"
    mood: str = ""
    owner: UUID | None = None


async def cases(*, wanted: Wanted, at: datetime, after: str | None = None, limit: int = 50) -> Page[Listed]:
    """One query. Raises BadCursor."""
    place = (wanted.mood, wanted.owner, *cursors.place(after), cursors.asked_for(limit))
    if wanted.view == "closed":
        rows = await ground.fetch(_CLOSED, *place)
    else:
        rows = await ground.fetch(_OPEN, *place, at if wanted.view == "overdue" else None)
    return cursors.cut([_listed(row) for row in rows], limit=limit, stands=_stands)


async def of(*, customer: UUID) -> list[Listed]:
    """The cases of one person, the newest first."""
    return [_listed(row) for row in await ground.fetch(_OF, customer)]


def _listed(row: dict[str, Any]) -> Listed:
    person, owner = naming.take(row, as_="person"), members.take(row)
    row.pop("person_id")
    return Listed(name=person.shown, owner_name=owner, **row)


def _stands(row: Listed) -> tuple[datetime, UUID]:
    return row.closed_at or row.due_at, row.id
