"""Search what people wrote to one survey: by words, by class and by language.

Words lie under seal; what can be found of them are keyed hashes of whole words, so every word that is looked for has to
stand in the answer as it is, but for upper case, accents and umlauts.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.notation import folding
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.surveys import rules
from leumund.surveys.answers import listing, writing

CLASSES = listing.CLASSES
_SCORES = {
    "promoter": (rules.PROMOTER_FROM, 10),
    "passive": (rules.DETRACTOR_TO + 1, rules.PROMOTER_FROM - 1),
    "detractor": (0, rules.DETRACTOR_TO),
}
_MOST_WORDS = 20
# Whose data rest is not read of; what they answered counts in figures all the same.
_WROTE = f"""
SELECT a.id, a.score, a.marks, a.comment_sealed, a.words_sealed, a.language, a.answered_at AS at, s.named,
    a.customer, {personal.brought("a.customer")}
FROM survey_answer a JOIN survey s ON s.id = a.survey LEFT JOIN customer c ON c.id = a.customer
WHERE s.key = $1 AND c.held IS NULL AND (a.comment_sealed IS NOT NULL OR a.words_sealed IS NOT NULL)
  AND a.found_by @> $2 AND ($3::int IS NULL OR a.score BETWEEN $3 AND $4) AND ($5 = '' OR a.language = $5)
  AND ($6::timestamptz IS NULL OR (a.answered_at, a.id) < ($6, $7::uuid))
ORDER BY a.answered_at DESC, a.id DESC LIMIT $8
"""  # noqa: S608
_LANGUAGES = """
SELECT DISTINCT a.language FROM survey_answer a JOIN survey s ON s.id = a.survey
WHERE s.key = $1 AND a.language IS NOT NULL AND (a.comment_sealed IS NOT NULL OR a.words_sealed IS NOT NULL) ORDER BY 1
"""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: words that all stand in it, a class, a language; each may be empty."""

    words: str = ""
    kind: str = ""
    language: str = ""


class Wrote(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote, by question; ``customer`` is None where it is not known who, ``language`` may be too."""

    id: UUID
    score: int | None
    words: dict[str, str]
    language: str | None
    at: datetime
    customer: UUID | None

    @property
    def kind(self) -> str:
        """promoter, passive or detractor; empty where nobody asked."""
        return rules.class_of(self.score) if self.score is not None else ""


async def wrote(*, key: str, sought: Sought, after: str | None = None, limit: int = 50) -> Page[Wrote]:
    """Answers in words to a survey, newest first; one query. Raises BadCursor."""
    lowest, highest = _SCORES.get(sought.kind, (None, None))
    found_by = [writing.by_word(word) for word in folding.words(sought.words)[:_MOST_WORDS]]
    rows = await ground.fetch(
        _WROTE, key, found_by, lowest, highest, sought.language, *cursors.place(after), cursors.asked_for(limit)
    )
    return cursors.cut([_wrote(row) for row in rows], limit=limit, stands=lambda each: (each.at, each.id))


async def languages(*, key: str) -> list[str]:
    """The languages people wrote in; one query."""
    return [row["language"] for row in await ground.fetch(_LANGUAGES, key)]


def _wrote(row: dict[str, Any]) -> Wrote:
    customer, sealed = row["customer"], row["comment_sealed"] or row["words_sealed"]
    own = personal.opened(row["key_sealed"], person=customer) if customer else None
    filled = writing.read(row, row["id"], key=personal.under(sealed, own))
    return Wrote(
        id=row["id"],
        score=row["score"],
        words=filled.words,
        language=row["language"],
        at=row["at"],
        customer=customer if row["named"] else None,
    )
