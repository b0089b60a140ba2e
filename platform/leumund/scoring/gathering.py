"""Gather what is known of people and of the company they are seen beside, each in one statement.

What an anonymous answer says is nobody's, and what a reviewed question of Art. 9 GDPR asks is used for nothing. Facts
are as they were at a moment, so that a model learns from what could be known before a success.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from leumund.kit import ground
from leumund.scoring import rules
from leumund.scoring.facts import NAMES, Averages, Matrix
from leumund.surveys.figures import ruling
from leumund.surveys.rules import PROMOTER_FROM

_MEAN_DAYS = 730
# A plan for any number of people is one for a handful, and takes a hundred times as long for thousands. It is asked for
# until the transaction ends.
_FOR_MANY = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"
_FEW = 100
_AGE = "greatest(extract(epoch FROM $2 - {moment}), 0) / 86400"
_LEFT = "power(0.5, " + _AGE + " / {half_life})"


def _left(moment: str, half_life_days: float) -> str:
    """rules.fade said in SQL; a test holds the two against each other."""
    return _LEFT.format(moment=moment, half_life=f"{half_life_days}::float8")


# A mark's place on its scale, and what it says for recommending. Scales are those of surveys.questions.kinds.
_ASKED = """
asked AS MATERIALIZED (
    SELECT s.id AS survey, question ->> 'key' AS key, question ->> 'kind' AS kind,
        CASE question ->> 'kind' WHEN 'nps' THEN 0 WHEN 'scale' THEN (question ->> 'low')::float8 ELSE 1 END AS low,
        CASE question ->> 'kind' WHEN 'nps' THEN 10 WHEN 'ces' THEN 7 WHEN 'scale' THEN (question ->> 'high')::float8
            ELSE 5 END AS high
    FROM survey s CROSS JOIN LATERAL jsonb_array_elements(s.definition -> 'questions') AS question
    WHERE s.named AND NOT coalesce((question ->> 'sensitive')::boolean, false)
      AND (question ->> 'kind' IN ('nps', 'overall', 'again', 'advantage', 'csat', 'ces')
           OR question ->> 'kind' = 'scale' AND coalesce((question ->> 'driver')::boolean, false))
)
"""
_LOYAL = "a.marks ?& ARRAY['overall', 'recommend', 'again', 'advantage']"
# Who is satisfied and loyal goes by the rule of the survey, where none of the four is sensitive.
_RULED = f"""
ruled AS MATERIALIZED (
    {ruling.RULED} WHERE 4 = (
        SELECT count(*) FROM asked
        WHERE asked.survey = s.id AND asked.kind IN ('nps', 'overall', 'again', 'advantage'))
)
"""  # noqa: S608 - all ours
_MARKED = f"""
marked AS (
    SELECT a.id, a.customer, {_left("a.answered_at", rules.ANSWER_HALF_LIFE_DAYS)} AS part, asked.kind,
        ((a.marks ->> asked.key)::float8 - asked.low) / (asked.high - asked.low) AS place,
        CASE WHEN ruled.survey IS NOT NULL AND {_LOYAL} THEN {ruling.TYPED} END AS type
    FROM survey_answer a JOIN asked ON asked.survey = a.survey LEFT JOIN ruled ON ruled.survey = a.survey
    WHERE a.customer = ANY ($1::uuid[]) AND a.answered_at <= $2 AND jsonb_typeof(a.marks -> asked.key) = 'number'
)
"""  # noqa: S608 - all ours
_GLAD = f"power(place, {rules.STEEPNESS})"
_ANSWERED = f"""
answered AS (
    SELECT customer, part, avg({_GLAD}) FILTER (WHERE kind = 'nps') AS recommend,
        avg({_GLAD}) FILTER (WHERE kind IN ('overall', 'again', 'advantage')) AS loyalty,
        avg({_GLAD}) FILTER (WHERE kind IN ('csat', 'ces', 'scale')) AS ratings,
        CASE max(type) WHEN 'apostle' THEN 1.0 WHEN 'defector' THEN 0.0
            WHEN 'mercenary' THEN 0.5 WHEN 'hostage' THEN 0.5 END::float8 AS type
    FROM marked GROUP BY id, customer, part
)
"""  # noqa: S608 - all ours
_SUMS = ", ".join(
    f"sum(part) FILTER (WHERE {key} IS NOT NULL) AS {key}_answers, sum(part * {key}) AS {key}_gladness"
    for key in (kind.key for kind in rules.SAID)
)
_SAID = f"said AS (SELECT customer, {_SUMS} FROM answered GROUP BY customer)"  # noqa: S608 - all ours
# A friend who confirmed is one, whatever became of it, unless somebody found that it was none.
_DONE = f"""
friends AS (
    SELECT advocate AS customer, sum({_left("confirmed_at", rules.DEED_HALF_LIFE_DAYS)}) AS referred FROM referral
    WHERE advocate = ANY ($1::uuid[]) AND confirmed_at <= $2
      AND NOT (state IN ('rejected', 'voided') AND coalesce(decided_at <= $2, true))
    GROUP BY advocate
), won AS (
    SELECT r.advocate AS customer, sum({_left("c.occurred_at", rules.DEED_HALF_LIFE_DAYS)}) AS converted
    FROM referral r JOIN conversion c ON c.referral = r.id
    WHERE r.advocate = ANY ($1::uuid[]) AND c.kind = 'purchase'
      AND c.occurred_at <= $2 AND (c.refunded_at IS NULL OR c.refunded_at > $2)
    GROUP BY r.advocate
), taking_part AS (
    SELECT DISTINCT customer FROM participation
    WHERE customer = ANY ($1::uuid[]) AND confirmed_at <= $2 AND (ended_at IS NULL OR ended_at > $2)
)
"""  # noqa: S608 - all ours
# Money of another currency than the company's own counts as a purchase and not as revenue: nothing is converted.
_BOUGHT = """
bought AS (
    SELECT customer, count(*) AS purchases, min(occurred_at)::date AS first_date,
        sum(cents) FILTER (WHERE currency = (SELECT currency FROM company_profile)) AS revenue_cents
    FROM conversion
    WHERE customer = ANY ($1::uuid[]) AND kind = 'purchase'
      AND occurred_at <= $2 AND (refunded_at IS NULL OR refunded_at > $2)
    GROUP BY customer
)
"""
_OPEN = """
unhappy AS (
    SELECT customer, count(*) AS open_cases FROM customer_case
    WHERE customer = ANY ($1::uuid[]) AND mood = 'unhappy' AND opened_at <= $2 AND (closed_at IS NULL OR closed_at > $2)
    GROUP BY customer
)
"""
_COLUMNS = ", ".join(f"coalesce({kind.key}_{what}, 0)" for kind in rules.SAID for what in ("answers", "gladness"))
FACTS = f"""
WITH {_ASKED}, {_RULED}, {_MARKED}, {_ANSWERED}, {_SAID}, {_DONE}, {_BOUGHT}, {_OPEN}
SELECT {_COLUMNS}, coalesce(open_cases, 0), (taking_part.customer IS NOT NULL)::int, coalesce(referred, 0),
    coalesce(converted, 0), $2::date - coalesce(customer_since_date, first_date), coalesce(purchases, 0),
    coalesce(revenue_cents, 0)
FROM unnest($1::uuid[]) WITH ORDINALITY AS person (id, place)
JOIN customer ON customer.id = person.id
LEFT JOIN said ON said.customer = person.id LEFT JOIN friends ON friends.customer = person.id
LEFT JOIN won ON won.customer = person.id LEFT JOIN taking_part ON taking_part.customer = person.id
LEFT JOIN bought ON bought.customer = person.id LEFT JOIN unhappy ON unhappy.customer = person.id
ORDER BY person.place
"""  # noqa: S608 - all ours
_AVERAGES = """
WITH answers AS (
    SELECT count(*) AS answers, count(*) FILTER (WHERE score >= $2) AS promoters FROM survey_answer
    WHERE answered_at > $3 AND answered_at <= $1 AND score IS NOT NULL
), people AS (
    SELECT count(*) AS people, avg($1::date - customer_since_date) AS tenure_days FROM customer
    WHERE stage = 'customer' AND held IS NULL
), bought AS (
    SELECT count(*) AS purchases,
        sum(cents) FILTER (WHERE currency = (SELECT currency FROM company_profile)) AS revenue_cents
    FROM conversion
    WHERE kind = 'purchase' AND occurred_at <= $1 AND (refunded_at IS NULL OR refunded_at > $1)
)
SELECT answers, promoters, greatest(coalesce(tenure_days, 0), 0)::float8 AS tenure_days,
    purchases::float8 / greatest(people, 1) AS purchases,
    coalesce(revenue_cents, 0)::float8 / greatest(people, 1) AS revenue_cents
FROM answers, people, bought
"""


async def facts(*, people: Sequence[UUID], at: datetime) -> Matrix:
    """What is known of ``people`` at ``at``, a row each in their order; they must be there. One query."""
    if len(people) > _FEW:
        await ground.execute(_FOR_MANY)
    rows = await ground.current().connection.fetch(FACTS, list(people), at)
    assert len(rows) == len(people), "whoever is scored is there"
    told = [tuple(row) for row in rows]
    return np.array(told, dtype=np.float64).reshape(len(told), len(NAMES))


async def averages(*, at: datetime) -> Averages:
    """The company beside whom its people are seen: its answers of two years, and its customers' averages. One query."""
    row = (await ground.fetch(_AVERAGES, at, PROMOTER_FROM, at - timedelta(days=_MEAN_DAYS)))[0]
    return Averages(
        mean=rules.mean_of(promoters=row["promoters"], answers=row["answers"]),
        tenure_days=row["tenure_days"],
        purchases=row["purchases"],
        revenue_cents=row["revenue_cents"],
    )
