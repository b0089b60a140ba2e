"""Answers as a list, newest first: who said what, and which class that is."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.surveys import rules
from leumund.surveys.answers.writing import COMMENT

_CLASSES = {
    "": (0, 10),
    "promoter": (rules.PROMOTER_FROM, 10),
    "passive": (rules.DETRACTOR_TO + 1, rules.PROMOTER_FROM - 1),
    "detractor": (0, rules.DETRACTOR_TO),
}
CLASSES = tuple(name for name in _CLASSES if name)
_ANSWERS = f"""
SELECT a.id, a.score, a.comment_sealed, a.language, a.channel, a.answered_at AS at,
    {personal.brought("a.customer")}, {naming.sealed("c", as_="customer")}
FROM survey_answer a LEFT JOIN customer c ON c.id = a.customer
WHERE c.held IS NULL AND a.score BETWEEN $1 AND $2 AND (NOT $3 OR a.comment_sealed IS NOT NULL)
  AND ($4::timestamptz IS NULL OR (a.answered_at, a.id) < ($4, $5::uuid))
ORDER BY a.answered_at DESC, a.id DESC LIMIT $6
"""  # noqa: S608
_THEIRS = f"""
SELECT id, score, comment_sealed, language, channel, answered_at AS at, customer AS customer_id,
    {personal.brought("survey_answer.customer")}
FROM survey_answer WHERE customer = $1 ORDER BY answered_at DESC LIMIT 200
"""  # noqa: S608


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; ``customer`` is None, and ``name`` empty, where nobody is known to have given it."""

    id: UUID
    score: int
    comment: str
    language: str
    channel: str
    at: datetime
    customer: UUID | None
    name: str

    @property
    def kind(self) -> str:
        """promoter, passive or detractor."""
        return rules.class_of(self.score)


async def answers(*, kind: str = "", commented: bool = False, after: str | None = None, limit: int = 50) -> Page[Said]:
    """Answers of one class, or of all for an empty ``kind``; with ``commented`` only those that say something.

    Raises BadCursor.
    """
    lowest, highest = _CLASSES[kind]
    rows = await ground.fetch(_ANSWERS, lowest, highest, commented, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([_said(row) for row in rows], limit=limit, stands=lambda said: (said.at, said.id))


async def answers_of(*, customer: UUID) -> list[dict[str, Any]]:
    """What one person answered, newest first: score, comment, language, channel, at, kind."""
    rows = [_opened(row) for row in await ground.fetch(_THEIRS, customer)]
    return [row | {"kind": rules.class_of(row["score"])} for row in rows]


def _said(row: dict[str, Any]) -> Said:
    name = naming.take(row, as_="customer").shown
    customer = row["customer_id"]
    return Said(customer=customer, name=name, **_opened(row))


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what was said in words, and without what opened it."""
    kept, key = row.pop("comment_sealed"), personal.opened(row.pop("key_sealed"), person=row.pop("customer_id"))
    return row | {"comment": COMMENT.tell(kept, row["id"], key=personal.under(kept, key))}
