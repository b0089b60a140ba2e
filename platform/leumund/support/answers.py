"""What the company answered operators, and how often they looked since."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Unknown

_SHOWN = 50
# Reads lie between the answer and the end, which is what the log's index knows them by.
_ANSWERS = """
SELECT a.request, a.operator, a.operator_email, a.reason, a.rooms, a.answered_by, a.answered_at, a.ends_at, a.ended_at,
    a.ended_by, r.reads, r.read_at FROM support_access a LEFT JOIN LATERAL (
    SELECT count(*) AS reads, max(e.at) AS read_at FROM audit_entry e
    WHERE e.at BETWEEN a.answered_at AND a.ends_at AND e.subject = a.request AND e.action LIKE 'support.read\\_%'
) r ON true
"""


class AnswerUnknown(Unknown):
    """Nothing was answered under this id."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A grant, or a refusal where ``ends_at`` is None; ``reads`` is how often its operator was shown something."""

    request: UUID
    operator: UUID
    operator_email: str
    reason: str
    rooms: list[str]
    answered_by: UUID
    answered_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reads: int
    read_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether the operator may read now."""
        return self.state(at) == "open"

    def state(self, at: datetime) -> str:
        """refused, ended (by hand), over (by itself) or open."""
        if self.ends_at is None:
            return "refused"
        if self.ended_at is not None:
            return "ended"
        return "over" if at >= self.ends_at else "open"


async def every() -> list[Answer]:
    """The newest answers first."""
    rows = await ground.fetch(f"{_ANSWERS} ORDER BY a.answered_at DESC, a.request LIMIT {_SHOWN}")
    return [_answer(row) for row in rows]


async def find(*, request: UUID) -> Answer:
    """Raises AnswerUnknown."""
    rows = await ground.fetch(f"{_ANSWERS} WHERE a.request = $1", request)
    if not rows:
        raise AnswerUnknown("errors.support.request_unknown")
    return _answer(rows[0])


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(**row | {"rooms": msgspec.json.decode(row["rooms"])})
