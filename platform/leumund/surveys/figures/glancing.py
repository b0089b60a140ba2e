"""All surveys at a glance: how many answered each, and its NPS where it asks for one, in one query."""

from typing import Any

import msgspec

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.figures import expanding
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.rules import Figures
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import Published

# Answered is who answered what the survey asks first.
_ALL = f"""
WITH newest AS (
    SELECT DISTINCT ON (key) id, key, version, definition, named FROM survey ORDER BY key, version DESC
), told AS (
    SELECT key, question, value, answers FROM survey_tally WHERE attribute = '{expanding.ALL}'
    UNION ALL
    SELECT survey.key, mark.key, mark.value, 1 FROM survey_answer
    JOIN survey ON survey.id = survey_answer.survey CROSS JOIN LATERAL jsonb_each_text(marks) AS mark
    WHERE tallied_at IS NULL
), counts AS (
    SELECT key, question, sum(answers) AS answers,
        sum(answers) FILTER (WHERE question = '{RECOMMEND}' AND value::int >= {rules.PROMOTER_FROM}) AS promoters,
        sum(answers) FILTER (WHERE question = '{RECOMMEND}' AND value::int <= {rules.DETRACTOR_TO}) AS detractors
    FROM told GROUP BY 1, 2
)
SELECT s.id, s.key, s.version, s.definition, s.named, {closing.IS_CLOSED} AS is_closed,
    coalesce(first.answers, 0)::bigint AS answered, coalesce(nps.answers, 0)::bigint AS answers,
    coalesce(nps.promoters, 0)::bigint AS promoters, coalesce(nps.detractors, 0)::bigint AS detractors
FROM newest s
LEFT JOIN counts first ON first.key = s.key AND first.question = s.definition -> 'questions' -> 0 ->> 'key'
LEFT JOIN counts nps ON nps.key = s.key AND nps.question = '{RECOMMEND}'
ORDER BY is_closed, s.key
"""  # noqa: S608


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """A survey in its newest version; ``nps`` is None where it does not ask, or too few answered."""

    survey: Published
    is_closed: bool
    answered: int
    nps: Figures | None


async def every() -> list[Glance]:
    """Those that are open first."""
    return [_glance(row) for row in await ground.fetch(_ALL)]


def _glance(row: dict[str, Any]) -> Glance:
    counts = {name: row[name] for name in ("answers", "promoters", "detractors")}
    return Glance(
        survey=publishing.of_row({name: row[name] for name in Published.__struct_fields__}),
        is_closed=row["is_closed"],
        answered=row["answered"],
        nps=rules.figures(**counts) if row["answers"] >= rules.LEAST_CELL else None,
    )
