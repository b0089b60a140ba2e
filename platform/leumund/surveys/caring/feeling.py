"""How people feel by what they answered: one answer, and the newest of each of many that says anything of it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.surveys.questions import defining, moods
from leumund.surveys.questions.defining import Definition
from leumund.surveys.questions.moods import Mood

_ONE = "SELECT survey, marks FROM survey_answer WHERE id = $1"
_THEIRS = """
SELECT customer, survey, marks FROM survey_answer WHERE customer = ANY ($1)
ORDER BY customer, answered_at DESC, id DESC
"""
_ASKED = "SELECT id, definition FROM survey WHERE id = ANY ($1::uuid[])"


async def of(*, answer: UUID) -> Mood | None:
    """How whoever gave ``answer`` feels; None where it says nothing of that."""
    rows = await ground.fetch(_ONE, answer)
    return _felt(rows[0], await _asked(rows)) if rows else None


async def newest(*, customers: Collection[UUID]) -> dict[UUID, Mood]:
    """How each of ``customers`` felt when they last said so, whichever survey it was; two queries."""
    rows = await ground.fetch(_THEIRS, list(customers))
    asked, found = await _asked(rows), dict[UUID, Mood]()
    for row in rows:
        if row["customer"] not in found and (mood := _felt(row, asked)):
            found[row["customer"]] = mood
    return found


async def _asked(rows: list[dict[str, Any]]) -> dict[UUID, Definition]:
    """The surveys of these answers; there are few, however many answered."""
    wanted = list({row["survey"] for row in rows})
    return {row["id"]: defining.read(row["definition"]) for row in await ground.fetch(_ASKED, wanted)}


def _felt(row: dict[str, Any], asked: dict[UUID, Definition]) -> Mood | None:
    return moods.of(asked[row["survey"]], msgspec.json.decode(row["marks"]))
