"""Count answers as of this moment: what is tallied, and what is not tallied yet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.surveys.figures import expanding
from leumund.surveys.figures.expanding import Cut
from leumund.surveys.figures.sampling import Cell, Values

# Steps that suit how long answers came in.
SUITING = "suiting"
# Only answers that no tally of these clocks holds: there are none, but after a company changed its time zone by day.
_OTHERWISE = "tallied_at IS NOT NULL AND (SELECT time_zone FROM survey_tally LIMIT 1) <> $2"
_OF_THIS = "survey IN (SELECT id FROM survey WHERE key = $1)"
_FRESH = f"""
SELECT {expanding.GIVEN} FROM survey_answer WHERE tallied_at IS NULL AND {_OF_THIS}
UNION ALL SELECT {expanding.GIVEN} FROM survey_answer WHERE {_OTHERWISE} AND {_OF_THIS}
"""  # noqa: S608
# A week that lies in two years is two, so that each year is a sum of its steps.
# Days for a survey of some weeks, weeks for one of some months: a curve needs a handful of points and not hundreds.
_CELLS = """
WITH span AS (
    SELECT CASE WHEN $3 <> '{suiting}' THEN $3
                WHEN max(day_date) - min(day_date) < 45 THEN 'day'
                WHEN max(day_date) - min(day_date) < 200 THEN 'week' ELSE 'month' END AS step
    FROM (
        SELECT day_date FROM survey_tally WHERE $3 = '{suiting}' AND {tallied}
        UNION ALL
        SELECT (answered_at AT TIME ZONE $2)::date FROM ({rows}) AS fresh
        WHERE $3 = '{suiting}' AND (marks ?| $4 OR $4 IS NULL)
    ) AS days
)
SELECT question, attribute, attribute_value, value, span.step,
    greatest(date_trunc(span.step, day_date::timestamp), date_trunc('year', day_date::timestamp))::date AS first_date,
    {sums}
FROM (
    SELECT question, attribute, attribute_value, day_date, value, {counts} FROM survey_tally
    WHERE {tallied}
    UNION ALL
    SELECT question, attribute, attribute_value, day_date, value, {counts} FROM ({fresh}) AS fresh
) AS every, span
GROUP BY 1, 2, 3, 4, 5, 6
"""
_NAMES = {"counts": expanding.COUNTS, "sums": expanding.SUMS, "suiting": SUITING, "rows": _FRESH}
_TALLIED = "key = $1 AND time_zone = $2 AND (question = ANY ($4) OR $4 IS NULL)"
# Asked by nobody but whoever compares tallies with answers; of all questions.
_OF_EVERY_FACT = _CELLS.format(tallied=_TALLIED, fresh=expanding.counted(_FRESH, zone="$2"), **_NAMES)
_OF_ONE_FACT = _CELLS.format(
    tallied=f"{_TALLIED} AND attribute = $5",
    fresh=expanding.counted_by(
        _FRESH,
        zone="$2",
        cut=Cut(fact="$5::text", questions="$4::text[]", step="(SELECT step FROM span)"),
    ),
    **_NAMES,
)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers gave ``question`` one ``value`` in one step, of all (an empty ``attribute``) or of one fact."""

    question: str
    attribute: str
    attribute_value: str
    value: str
    step: str
    first_date: date
    cell: Cell


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which answers to count, by which ``step``: day, week, month, year, or what suits how long they took.

    Those of every fact at once where ``attribute`` is None, and of all questions where ``questions`` is.
    """

    step: str = "year"
    attribute: str | None = expanding.ALL
    questions: Sequence[str] | None = None


_EVERYTHING = Wanted()


async def counted(*, key: str, time_zone: str, wanted: Wanted = _EVERYTHING) -> list[Counted]:
    """All answers to a survey, whatever its version, in the company's time zone; one query."""
    asked = (key, time_zone, wanted.step, wanted.questions)
    if wanted.attribute is None:
        rows = await ground.fetch(_OF_EVERY_FACT, *asked)
    else:
        rows = await ground.fetch(_OF_ONE_FACT, *asked, wanted.attribute)
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
