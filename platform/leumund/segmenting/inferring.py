"""Infer interests from purchases: what somebody buys more often than the company's customers do (requirements A108).

The mean is over all purchases; an interest is kept of those alone who agreed to be evaluated, with the counts it
follows from.
"""

from datetime import datetime, timedelta

from leumund.customers.segments import evaluating
from leumund.kit import ground
from leumund.segmenting import rules
from leumund.segmenting.classing import NIGHT_MINUTES

# What was bought longer ago says more about then than about now.
WITHIN = timedelta(days=730)
_COLUMNS = "customer, category, bought, purchases, mean, share"
_INFER = f"""
WITH bought AS MATERIALIZED (
    SELECT customer, categories FROM conversion
    WHERE refunded_at IS NULL AND kind = 'purchase' AND occurred_at <= $1 AND occurred_at > $2 AND categories <> '{{}}'
), means AS MATERIALIZED (
    SELECT category, count(*)::float8 / (SELECT count(*) FROM bought) AS mean
    FROM (SELECT customer, unnest(categories) AS category FROM bought) told GROUP BY category
), evaluable AS MATERIALIZED ({evaluating.EVALUABLE}),
counted AS (
    SELECT told.customer, told.category, count(*) AS bought, many.purchases
    FROM (SELECT customer, unnest(categories) AS category FROM bought) told
    JOIN evaluable ON evaluable.customer = told.customer
    JOIN (SELECT customer, count(*) AS purchases FROM bought GROUP BY customer) many
        ON many.customer = told.customer
    GROUP BY told.customer, told.category, many.purchases HAVING count(*) >= {rules.LEAST_BOUGHT}
), wanted AS MATERIALIZED (
    SELECT {_COLUMNS} FROM (
        SELECT customer, category, bought, purchases, mean,
            (bought + {rules.PSEUDO_PURCHASES} * mean) / (purchases + {rules.PSEUDO_PURCHASES}) AS share
        FROM counted JOIN means USING (category)
    ) shrunk WHERE share >= {rules.LEAST_LIFT} * mean
), gone AS (
    DELETE FROM customer_interest o
    WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.customer = o.customer AND w.category = o.category)
), kept AS (
    INSERT INTO customer_interest AS o ({_COLUMNS})
    SELECT {_COLUMNS} FROM wanted
    ON CONFLICT (customer, category) DO UPDATE SET bought = excluded.bought, purchases = excluded.purchases,
        mean = excluded.mean, share = excluded.share
    WHERE (o.bought, o.purchases, o.mean) IS DISTINCT FROM (excluded.bought, excluded.purchases, excluded.mean)
)
SELECT count(*) AS interests FROM wanted
"""  # noqa: S608 - all ours


async def infer(*, at: datetime) -> int:
    """Find everybody's interests anew, in one query; how many there are."""
    async with ground.sweeping(minutes=NIGHT_MINUTES):
        interests: int = (await ground.fetch(_INFER, at, at - WITHIN))[0]["interests"]
    return interests
