"""Answers of which nobody shall be able to say whose they are: into a box, out of which they come mixed.

An answer is sealed under a key of its batch, without a moment. A batch is written out by ``mixing`` once it holds
``rules.LEAST_CELL`` answers; then its key is destroyed, and with it whatever the database, its logs or a backup still
hold of the order in which they came. Whoever has the database without its keys reads no answer before that, and
whoever has both learns of a written one that it is one of its batch.
"""

from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, personal
from leumund.kit.sealing import Column
from leumund.surveys.questions.filling import Filled

CONTENT = Column("survey_box", "content_sealed")
# Whoever adds to a batch holds it until they are done, so that it is never mixed without them.
_BATCH = """
INSERT INTO survey_batch (id, survey, place) VALUES ($1, $2, $3)
ON CONFLICT (survey, place) DO UPDATE SET survey = excluded.survey RETURNING id
"""
_PUT = "INSERT INTO survey_box (id, batch, content_sealed) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the box of one answer."""

    filled: Filled
    language: str


async def put(row: UUID, *, survey: UUID, place: UUID | None = None, content: Content) -> None:
    """Put an answer to ``survey`` into the box as ``row``; the same row a second time is the same answer."""
    fresh = uuid4()
    batch: UUID = (await ground.fetch(_BATCH, fresh, survey, place))[0]["id"]
    keys = await (personal.make(people=[batch]) if batch == fresh else personal.keys(people=[batch]))
    await ground.execute(_PUT, row, batch, CONTENT.seal(msgspec.json.encode(content).decode(), row, key=keys[batch]))
