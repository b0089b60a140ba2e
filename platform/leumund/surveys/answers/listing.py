"""Answers as a list, newest first: who said what, and which class that is."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.surveys import rules
from leumund.surveys.answers import writing
from leumund.surveys.answers.writing import COMMENT
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Definition
from leumund.surveys.questions.filling import Filled
from leumund.surveys.questions.kinds import COMMENT as COMMENT_KEY
from leumund.surveys.questions.kinds import RECOMMEND

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
SELECT a.id, a.marks, a.score, a.comment_sealed, a.words_sealed, a.language, a.channel, a.answered_at AS at,
    s.definition, {personal.brought("a.customer")}, a.customer
FROM survey_answer a JOIN survey s ON s.id = a.survey
WHERE a.customer = $1 ORDER BY a.answered_at DESC, a.id DESC LIMIT 200
"""  # noqa: S608


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; ``customer`` is None, and ``name`` empty, where nobody is known to have given it.

    Then ``language`` and ``channel`` may be None, too.
    """

    id: UUID
    score: int
    comment: str
    language: str | None
    channel: str | None
    at: datetime
    customer: UUID | None
    name: str

    @property
    def kind(self) -> str:
        """promoter, passive or detractor."""
        return rules.class_of(self.score)


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """One answer with all its questions; ``score`` is None where nobody asked for it."""

    id: UUID
    score: int | None
    language: str | None
    channel: str
    at: datetime
    definition: Definition
    filled: Filled

    @property
    def kind(self) -> str:
        """promoter, passive or detractor; empty where nobody asked."""
        return "" if self.score is None else rules.class_of(self.score)

    @property
    def comment(self) -> str:
        return self.filled.words.get(COMMENT_KEY, "")

    def lines(self, language: str) -> list[tuple[str, str]]:
        """What was asked, and what was answered, in ``language`` where the survey has it."""
        return [
            (question.text(language).question, said)
            for question in self.definition.questions
            if question.key not in (RECOMMEND, COMMENT_KEY) and (said := self.filled.said(question, language))
        ]


async def answers(*, kind: str = "", commented: bool = False, after: str | None = None, limit: int = 50) -> Page[Said]:
    """Answers of one class, or of all for an empty ``kind``; with ``commented`` only those that say something.

    Raises BadCursor.
    """
    lowest, highest = _CLASSES[kind]
    rows = await ground.fetch(_ANSWERS, lowest, highest, commented, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([_said(row) for row in rows], limit=limit, stands=lambda said: (said.at, said.id))


async def answers_of(*, customer: UUID) -> list[Whole]:
    """What one person answered, newest first, at most 200 answers; one query."""
    return [_whole(row) for row in await ground.fetch(_THEIRS, customer)]


def _whole(row: dict[str, Any]) -> Whole:
    key = personal.opened(row["key_sealed"], person=row["customer"])
    filled = writing.read(row, row["id"], key=key)
    definition = defining.read(row["definition"])
    told = {name: row[name] for name in ("id", "score", "language", "channel", "at")}
    return Whole(**told, definition=definition, filled=filled)


def _said(row: dict[str, Any]) -> Said:
    name = naming.take(row, as_="customer").shown
    customer = row["customer_id"]
    return Said(customer=customer, name=name, **_opened(row))


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what was said in words, and without what opened it."""
    kept, key = row.pop("comment_sealed"), personal.opened(row.pop("key_sealed"), person=row.pop("customer_id"))
    return row | {"comment": COMMENT.tell(kept, row["id"], key=personal.under(kept, key))}
