"""List what an occasion did: person by person, what was sent, what was held back, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page

STATES = ("waiting", "done", "stopped")
_RUNS = f"""
SELECT r.id, r.customer, r.occurrence, r.control, r.state, r.reason, r.first_due_at, r.due_at, r.ended_at, v.version,
    {naming.sealed("c", as_="person")}
FROM occasion_run r JOIN occasion_version v ON v.id = r.version JOIN customer c ON c.id = r.customer
WHERE r.occasion = $4 AND ($5 = '' OR r.state = $5)
  AND ($1::timestamptz IS NULL OR (r.first_due_at, r.id) < ($1, $2::uuid))
ORDER BY r.first_due_at DESC, r.id DESC LIMIT $3
"""  # noqa: S608 - ours alone
_STEPS = """
SELECT s.run, s.position, s.kind, s.at, s.message, m.state AS mail, coalesce(s.reason, m.held_reason) AS reason
FROM occasion_step s LEFT JOIN message m ON m.id = s.message WHERE s.run = ANY ($1::uuid[]) ORDER BY s.run, s.position
"""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken: a mail with its state, or a card; ``reason`` is why nothing came of it."""

    position: int
    kind: str
    at: datetime
    message: UUID | None
    mail: str | None
    reason: str | None

    @property
    def word(self) -> str:
        """What became of it, as its sentence is called."""
        return f"{self.kind}.{self.became}"

    @property
    def became(self) -> str:
        """A word for what became of it."""
        return "left_out" if self.message is None and self.reason else self.mail or "listed"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A person in it, empty ``name`` where nobody may read it, and each step so far."""

    id: UUID
    customer: UUID
    name: str
    occurrence: str
    control: bool
    state: str
    reason: str | None
    first_due_at: datetime
    due_at: datetime
    ended_at: datetime | None
    version: int
    steps: list[Taken]


async def runs(*, occasion: UUID, state: str = "", after: str | None = None, limit: int = 50) -> Page[Line]:
    """People in it, the latest first; an empty ``state`` is any. Two queries. Raises BadCursor."""
    rows = await ground.fetch(_RUNS, *cursors.place(after), cursors.asked_for(limit), occasion, state)
    taken = await _taken([row["id"] for row in rows])
    lines = [_line(row, taken.get(row["id"], [])) for row in rows]
    return cursors.cut(lines, limit=limit, stands=lambda line: (line.first_due_at, line.id))


async def _taken(runs: Sequence[UUID]) -> dict[UUID, list[Taken]]:
    taken: dict[UUID, list[Taken]] = {}
    for row in await ground.fetch(_STEPS, runs):
        taken.setdefault(row.pop("run"), []).append(Taken(**row))
    return taken


def _line(row: dict[str, Any], steps: list[Taken]) -> Line:
    name = naming.take(row, as_="person").shown
    row.pop("person_id")
    return Line(**row, name=name, steps=steps)
