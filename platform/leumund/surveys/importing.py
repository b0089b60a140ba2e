"""Bring in answers given before: each once, tied to its customer where there is one."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.surveys import publishing
from leumund.surveys.answering import COMMENT

_CHUNK = 5_000
_INSERT = """
INSERT INTO survey_answer
    (id, survey, customer, imported_ref, score, comment_sealed, language, channel, weight, answered_at)
SELECT given.id, $1, customer.id, given.ref, given.score, given.comment, given.language, 'import', given.weight,
    given.answered_at
FROM unnest($2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::numeric[],
            $9::timestamptz[]) AS given (id, comment, ref, external_id, score, language, weight, answered_at)
LEFT JOIN customer ON customer.external_id = given.external_id
ON CONFLICT (imported_ref) DO NOTHING
"""


class PastAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``ref`` names the answer where it comes from; ``weight`` is its sampling weight, if it has one."""

    ref: str
    external_id: str | None
    score: int
    language: str
    answered_at: datetime
    comment: str = ""
    weight: Decimal | None = None


async def import_answers(*, answers: Iterable[PastAnswer], actor: str, at: datetime) -> int:
    """Take every answer that is not here yet, as ``actor``; returns how many were new. Raises NoSurvey."""
    survey = await publishing.current()
    rest, new = iter(answers), 0
    while chunk := list(islice(rest, _CHUNK)):
        done = await ground.execute(_INSERT, survey.id, *_columns(chunk))
        new += int(done.split()[-1])
    await noting.note(actor=actor, action="surveys.answers_imported", detail={"created": new}, at=at)
    return new


def _columns(answers: list[PastAnswer]) -> list[list[Any]]:
    ids = [uuid4() for _ in answers]
    comments = [COMMENT.keep(answer.comment, row) for answer, row in zip(answers, ids, strict=True)]
    names = ("ref", "external_id", "score", "language", "weight", "answered_at")
    return [ids, comments, *([getattr(answer, name) for answer in answers] for name in names)]
