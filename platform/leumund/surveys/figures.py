"""What all answers say together, counted in the database."""

from datetime import date

import msgspec

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.rules import Figures

_COUNTS = f"""
count(*) AS answers, count(*) FILTER (WHERE a.score >= {rules.PROMOTER_FROM}) AS promoters,
count(*) FILTER (WHERE a.score <= {rules.DETRACTOR_TO}) AS detractors
FROM survey_answer a JOIN survey s ON s.id = a.survey WHERE s.key = $1
"""


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the answers of one month, named by its first day."""

    month_date: date
    figures: Figures


async def nps(*, key: str = "nps") -> Figures:
    """All answers to a survey, whatever its version."""
    rows = await ground.fetch("SELECT " + _COUNTS, key)
    return rules.figures(**rows[0])


async def by_month(*, time_zone: str, key: str = "nps") -> list[Month]:
    """Month by month in the company's time zone, oldest first."""
    rows = await ground.fetch(
        "SELECT date_trunc('month', a.answered_at AT TIME ZONE $2)::date AS month_date, "
        + _COUNTS
        + " GROUP BY 1 ORDER BY 1",
        key,
        time_zone,
    )
    return [Month(month_date=row.pop("month_date"), figures=rules.figures(**row)) for row in rows]
