"""Count answers as of this moment: what is tallied, and what is not tallied yet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.surveys.figures import expanding
from leumund.surveys.figures.sampling import Cell, Values

# Only answers that no tally of these clocks holds: there are none, but after a company changed its time zone by day.
_OTHERWISE = "tallied_at IS NOT NULL AND (SELECT time_zone FROM survey_tally LIMIT 1) <> $2"
_COLUMNS = "survey, answered_at, marks, attributes, channel, language, weight"
_OF_THIS = "survey IN (SELECT id FROM survey WHERE key = $1)"
_FRESH = f"""
SELECT {_COLUMNS} FROM survey_answer WHERE tallied_at IS NULL AND {_OF_THIS}
UNION ALL SELECT {_COLUMNS} FROM survey_answer WHERE {_OTHERWISE} AND {_OF_THIS}
"""  # noqa: S608
_CELLS = f"""
SELECT question, attribute, attribute_value, value, date_trunc($3, day_date::timestamp)::date AS step, {expanding.SUMS}
FROM (
    SELECT question, attribute, attribute_value, day_date, value, {expanding.COUNTS}
    FROM survey_tally WHERE key = $1 AND time_zone = $2
    UNION ALL
    SELECT question, attribute, attribute_value, day_date, value, {expanding.COUNTS}
    FROM ({expanding.counted(_FRESH, zone="$2")}) AS fresh
) AS every
WHERE (attribute = $4 OR $4 IS NULL) AND (question = ANY ($5) OR $5 IS NULL)
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers gave ``question`` one ``value`` in one step, of all (an empty ``attribute``) or of one fact."""

    question: str
    attribute: str
    attribute_value: str
    value: str
    step: date
    cell: Cell


async def counted(
    *, key: str, time_zone: str, step: str = "year", attribute: str | None = "", questions: Sequence[str] | None = None
) -> list[Counted]:
    """All answers to a survey, whatever its version, by ``step`` (day, week, month, year); one query.

    Of every fact at once where ``attribute`` is None, and of all questions where ``questions`` is.
    """
    rows = await ground.fetch(_CELLS, key, time_zone, step, attribute, questions)
    return [_counted(row) for row in rows]


def values(found: Sequence[Counted]) -> dict[str, Values]:
    """By question: each value and how many gave it, whenever that was."""
    told: dict[str, dict[str, Cell]] = {}
    for each in found:
        cells = told.setdefault(each.question, {})
        cells[each.value] = cells.get(each.value, Cell()) + each.cell
    return dict[str, Values](told)


def _counted(row: Mapping[str, Any]) -> Counted:
    names = ("answers", "weighed", "weight", "squares")
    cell = Cell(**{name: row[name] for name in names})
    return Counted(cell=cell, **{name: value for name, value in row.items() if name not in names})
