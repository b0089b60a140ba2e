"""Answers of which nobody shall be able to say whose they are: into a box, out of which they come mixed.

An answer is sealed under a key of its batch, without a moment. A batch is written out by ``mixing`` once it holds
``rules.LEAST_CELL`` answers; then its key is destroyed, and with it whatever the database, its logs or a backup still
hold of the order in which they came. Whoever has the database without its keys reads no answer before that, and
whoever has both learns of a written one that it is one of its batch.

All answers to a survey are sealed at one length, that of the longest there could be: else the length of a seal would
tell a 10 from a 9, and who wrote much.
"""

from uuid import UUID, uuid4

import msgspec

from leumund.kit import free_text, ground, personal
from leumund.kit.sealing import Column
from leumund.surveys.questions.defining import Definition
from leumund.surveys.questions.filling import Filled
from leumund.surveys.studio.publishing import Published

CONTENT = Column("survey_box", "content_sealed")
# Whoever adds to a batch holds it until they are done, so that it is never mixed without them.
_BATCH = """
INSERT INTO survey_batch (id, survey, place) VALUES ($1, $2, $3)
ON CONFLICT (survey, place) DO UPDATE SET survey = excluded.survey RETURNING id
"""
# Bytes of JSON at most: around an answer, around a key, a mark or a choice, and of a letter.
_AROUND, _PER_VALUE, _PER_LETTER = 128, 8, 4
_PUT = "INSERT INTO survey_box (id, batch, content_sealed) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the box of one answer."""

    filled: Filled
    language: str
    channel: str


async def put(row: UUID, *, survey: Published, place: UUID | None = None, content: Content) -> None:
    """Put an answer to ``survey`` into the box as ``row``; the same row a second time is the same answer."""
    fresh = uuid4()
    batch: UUID = (await ground.fetch(_BATCH, fresh, survey.id, place))[0]["id"]
    keys = await (personal.make(people=[batch]) if batch == fresh else personal.keys(people=[batch]))
    # JSON ends with as many blanks as one likes.
    padded = msgspec.json.encode(content).ljust(_longest(survey.definition)).decode()
    await ground.execute(_PUT, row, batch, CONTENT.seal(padded, row, key=keys[batch]))


def _longest(definition: Definition) -> int:
    """How many bytes an answer to ``definition`` takes at most."""
    return _AROUND + sum(
        len(question.key)
        + _PER_VALUE
        + (free_text.LONGEST * _PER_LETTER if question.shape.answer == "words" else 0)
        + sum(len(choice) + _PER_VALUE for choice in question.choices)
        for question in definition.questions
    )
