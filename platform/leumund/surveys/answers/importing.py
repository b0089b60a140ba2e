"""Bring in answers given before: each once, tied to its customer where there is one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.company import agreeing
from leumund.kit import ground, personal
from leumund.kit.faults import Refused
from leumund.kit.personal import PersonKey
from leumund.surveys.answers import writing
from leumund.surveys.answers.writing import COMMENT
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.studio import publishing

_CHUNK = 5_000
_INSERT = """
INSERT INTO survey_answer
    (id, survey, customer, imported_ref, marks, attributes, comment_sealed, found_by, language, channel, weight,
     answered_at)
SELECT given.id, $1, given.customer, given.ref, given.marks, given.facts, given.comment,
    ARRAY(SELECT jsonb_array_elements_text(given.found_by)::bigint), given.language, 'import', given.weight,
    given.answered_at
FROM unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::jsonb[], $6::jsonb[], $7::jsonb[], $8::text[],
            $9::text[], $10::numeric[], $11::timestamptz[])
    AS given (id, customer, comment, found_by, marks, facts, ref, language, weight, answered_at)
ON CONFLICT (imported_ref) DO NOTHING
"""


# Whose key is gone is known to nobody: what they are said to have answered stands as nobody's.
_WHO = """
SELECT customer.external_id, customer.id, key_sealed FROM customer JOIN person_key USING (id)
WHERE external_id = ANY ($1::text[])
"""


class PastAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``ref`` names the answer where it comes from; ``weight`` is its sampling weight, if it has one.

    ``marks`` are those to other questions than recommending, and ``facts`` what is known of the answer itself.
    """

    ref: str
    external_id: str | None
    score: int
    language: str
    answered_at: datetime
    comment: str = ""
    weight: Decimal | None = None
    marks: Mapping[str, int] = {}
    facts: Mapping[str, str] = {}


class NothingNamed(Refused):
    """The survey is anonymous: answers come to it through the box alone, out of which nobody's come."""


async def import_answers(*, answers: Iterable[PastAnswer], actor: str, at: datetime) -> int:
    """Take every answer that is not here yet, as ``actor``; returns how many were new.

    Raises NotAgreed, NoSurvey, NothingNamed.
    """
    await agreeing.require()
    survey = await publishing.current()
    if not survey.named:
        raise NothingNamed("errors.surveys.nothing_named")
    rest, new = iter(answers), 0
    while chunk := list(islice(rest, _CHUNK)):
        new += await ground.execute(_INSERT, survey.id, *_columns(chunk, await _who(chunk)))
    await noting.note(actor=actor, action="surveys.answers_imported", detail={"created": new}, at=at)
    return new


async def _who(answers: list[PastAnswer]) -> Mapping[str | None, tuple[UUID, PersonKey]]:
    """Who is known of them by the company's number, and the key of each."""
    rows = await ground.fetch(_WHO, [answer.external_id for answer in answers])
    return {row["external_id"]: (row["id"], personal.opened(row["key_sealed"], person=row["id"])) for row in rows}


def _columns(answers: list[PastAnswer], known: Mapping[str | None, tuple[UUID, PersonKey]]) -> list[list[Any]]:
    ids, people = [uuid4() for _ in answers], [known.get(answer.external_id, (None, None)) for answer in answers]
    comments = [
        COMMENT.keep(answer.comment, row, key=key) for answer, row, (_, key) in zip(answers, ids, people, strict=True)
    ]
    names = ("ref", "language", "weight", "answered_at")
    told = ([getattr(answer, name) for answer in answers] for name in names)
    found_by = [_json(writing.found_by([answer.comment])) for answer in answers]
    marks = [_json({**answer.marks, RECOMMEND: answer.score}) for answer in answers]
    facts = [_json(answer.facts) for answer in answers]
    return [ids, [person for person, _ in people], comments, found_by, marks, facts, *told]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
