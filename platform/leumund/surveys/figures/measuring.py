"""What all answers say together, counted in the database."""

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.rules import Figures

COUNTS = f"""
count(*) AS answers, count(*) FILTER (WHERE score >= {rules.PROMOTER_FROM}) AS promoters,
count(*) FILTER (WHERE score <= {rules.DETRACTOR_TO}) AS detractors
"""
_ALL = f"SELECT {COUNTS} FROM survey_answer a JOIN survey s ON s.id = a.survey WHERE s.key = $1"  # noqa: S608


async def nps(*, key: str = "nps") -> Figures:
    """All answers to a survey, whatever its version."""
    return rules.figures(**(await ground.fetch(_ALL, key))[0])
