"""How answers went over time: in steps that suit how long they took."""

from datetime import date

import msgspec

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.figures.measuring import COUNTS
from leumund.surveys.rules import Figures

# Days for a survey of some weeks, weeks for one of some months: a curve needs a handful of points and not hundreds.
_COURSE = f"""
WITH told AS (
    SELECT a.answered_at AT TIME ZONE $2 AS at, a.score
    FROM survey_answer a JOIN survey s ON s.id = a.survey WHERE s.key = $1
), span AS (
    SELECT CASE WHEN max(at) - min(at) < interval '45 days' THEN 'day'
                WHEN max(at) - min(at) < interval '200 days' THEN 'week' ELSE 'month' END AS step FROM told
)
SELECT step, date_trunc(step, at)::date AS first_date, {COUNTS} FROM told, span GROUP BY 1, 2 ORDER BY 2
"""  # noqa: S608


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the answers of one day, week or month, named by its first day."""

    first_date: date
    figures: Figures


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How answers went over time, oldest first; ``step`` is day, week or month."""

    step: str
    periods: list[Period]


async def course(*, time_zone: str, key: str = "nps") -> Course:
    """All answers in steps that suit how long they took, in the company's time zone; steps without any are left out."""
    rows = await ground.fetch(_COURSE, key, time_zone)
    steps = [str(row.pop("step")) for row in rows]
    periods = [Period(first_date=row.pop("first_date"), figures=rules.figures(**row)) for row in rows]
    return Course(step=steps[0] if steps else "month", periods=periods)
