"""Relate ratings to recommending: the newest answers, as many as it takes and never more."""

from leumund.kit import ground
from leumund.surveys.figures import driving
from leumund.surveys.figures.asked import Asked
from leumund.surveys.figures.driving import Driver, Pattern
from leumund.surveys.questions.kinds import RECOMMEND

# A correlation of so many answers is known to one hundredth and a half; more would only take longer.
MOST_ANSWERS = 20_000
_PATTERNS = """
SELECT given, count(*) AS answers FROM (
    SELECT ARRAY(
        SELECT CASE WHEN jsonb_typeof(marks -> key) = 'number' THEN (marks ->> key)::int END
        FROM unnest($2::text[]) WITH ORDINALITY AS each (key, place) ORDER BY place) AS given
    FROM survey_answer
    WHERE survey IN (SELECT id FROM survey WHERE key = $1) AND score IS NOT NULL
    ORDER BY answered_at DESC LIMIT $3
) AS newest GROUP BY given
"""


async def patterns(*, asked: Asked) -> list[Pattern]:
    """How people answered the ratings that may go with recommending, those alike together; one query."""
    keys = [RECOMMEND, *(question.key for question in asked.drivers)]
    rows = await ground.fetch(_PATTERNS, asked.key, keys, MOST_ANSWERS)
    return [Pattern(row["given"], row["answers"]) for row in rows]


def related(asked: Asked, found: list[Pattern]) -> list[Driver]:
    """Which of them go with it; takes a moment, and no database."""
    return driving.drivers([question.key for question in asked.drivers], found)
