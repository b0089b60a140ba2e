"""What the rooms know of customers, as SQL that brings it along for everybody at once.

Each is a statement of one row per customer who has something of the kind; whoever has nothing is in none. ``$1`` is the
moment that counts, and every other value a place as well: no word of anybody's is ever part of a statement.
"""

from collections.abc import Callable
from datetime import timedelta

from leumund.customers.segments.defining import Condition
from leumund.scoring import reading as scores
from leumund.surveys.figures import ruling

Place = Callable[[object], str]
# What is given back was not bought, and what a reading after the moment says was not so then.
_BOUGHT = "refunded_at IS NULL AND kind = 'purchase' AND occurred_at <= $1"
# Whose answer it is, is known of named surveys alone; a question that was reviewed as one of Art. 9 GDPR tells nothing.
_TELLING = """
survey_answer a JOIN survey s ON s.id = a.survey AND s.named AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(s.definition -> 'questions') AS question
    WHERE question ->> 'key' IN ('recommend', 'overall', 'again', 'advantage')
      AND (question ->> 'sensitive')::boolean)
"""
_LAST = "ORDER BY a.customer, a.answered_at DESC, a.id DESC"
_ANSWERS = f"""
SELECT DISTINCT ON (a.customer) a.customer, a.score FROM {_TELLING}
WHERE a.customer IS NOT NULL AND a.score IS NOT NULL AND a.answered_at <= $1 {_LAST}
"""  # noqa: S608 - all ours
# By the rule of the survey that was answered, as its own page of figures types people.
_LOYALTY = f"""
SELECT DISTINCT ON (a.customer) a.customer, {ruling.TYPED} AS type
FROM {_TELLING} JOIN ({ruling.RULED}) ruled ON ruled.survey = a.survey
WHERE a.customer IS NOT NULL AND a.marks ?& ARRAY['overall', 'recommend', 'again', 'advantage']
  AND a.answered_at <= $1 {_LAST}
"""  # noqa: S608 - all ours
_LAST_ANSWER = """
SELECT a.customer, max(a.answered_at) AS last_at FROM survey_answer a JOIN survey s ON s.id = a.survey AND s.named
WHERE a.customer IS NOT NULL AND a.answered_at <= $1 GROUP BY a.customer
"""
_PLAIN = {
    "nps_class": _ANSWERS,
    "loyalty": _LOYALTY,
    "answered": _LAST_ANSWER,
    "last_answer": _LAST_ANSWER,
    "takes_part": """
SELECT DISTINCT customer FROM participation WHERE confirmed_at <= $1 AND (ended_at IS NULL OR ended_at > $1)
""",
    "score": f"SELECT customer, score AS number FROM ({scores.SCORED}) scored",  # noqa: S608 - all ours
    "class": "SELECT customer, array_agg(class) AS held FROM customer_class GROUP BY customer",
    "interest": "SELECT customer, array_agg(category) AS held FROM customer_interest GROUP BY customer",
}


def sql(condition: Condition, *, place: Place, since: Callable[[timedelta], str]) -> str:
    """What ``condition`` looks at; empty where that is the customer's own row.

    ``place`` gives a value its place in the statement, ``since`` the moment so long before.
    """
    within = since(timedelta(days=condition.days)) if condition.days else ""
    if condition.fact in ("purchases", "revenue", "last_purchase"):
        return _purchases(condition, place, within)
    windowed = {"clicks": _clicks, "friends": _friends, "conversions": _conversions}
    if condition.fact in windowed:
        return windowed[condition.fact](within)
    return _PLAIN.get(condition.fact, "")


def _purchases(condition: Condition, place: Place, within: str) -> str:
    where = _BOUGHT
    where += f" AND occurred_at > {within}" if within else ""
    where += f" AND {place(condition.category)}::text = ANY (categories)" if condition.category else ""
    where += f" AND currency = {place(condition.currency)}" if condition.currency else ""
    return (
        "SELECT customer, count(*) AS number, sum(cents) AS cents, max(occurred_at) AS last_at "  # noqa: S608 - ours
        f"FROM conversion WHERE {where} GROUP BY customer"
    )


def _clicks(within: str) -> str:
    # A click is known by its day, and the day the time began is counted.
    also = f"AND k.day_date >= ({within} AT TIME ZONE 'UTC')::date" if within else ""
    return (
        "SELECT l.advocate AS customer, sum(k.clicks) AS number FROM share_link l "  # noqa: S608 - all ours
        f"JOIN click_count k ON k.link = l.id {also} GROUP BY l.advocate"
    )


def _friends(within: str) -> str:
    also = f"AND confirmed_at > {within}" if within else ""
    return (
        "SELECT advocate AS customer, count(*) AS number FROM referral "  # noqa: S608 - all ours
        f"WHERE confirmed_at <= $1 AND state NOT IN ('rejected', 'expired', 'voided') {also} GROUP BY advocate"
    )


def _conversions(within: str) -> str:
    also = f"AND v.occurred_at > {within}" if within else ""
    return (
        "SELECT r.advocate AS customer, count(*) AS number FROM conversion v "  # noqa: S608 - all ours
        "JOIN referral r ON r.id = v.referral AND r.state NOT IN ('rejected', 'expired', 'voided') "
        f"WHERE v.refunded_at IS NULL AND v.kind = 'purchase' AND v.occurred_at <= $1 {also} GROUP BY r.advocate"
    )
