"""Class customers by what they brought in: few make most of a company's revenue (requirements A107, A111, A112).

Currency by currency, since nobody told us what one is worth in another. Everybody's revenue counts for where the
thresholds lie; only who agreed to be evaluated gets a class of their own.
"""

from datetime import datetime, timedelta

import msgspec

from leumund.customers.segments import evaluating, sparing
from leumund.customers.segments.sparing import Rule
from leumund.kit import ground

_DAYS_A_MONTH = 30.4375
_KEPT_DAYS = 90
# What a night's statement may take at the very largest company.
NIGHT_MINUTES = 5
_COLUMNS = "customer, currency, class, rank, cents, before_cents, total_cents"
# Who bought for as much as another comes neither before nor after them.
_RANKED = """
WITH bought AS (
    SELECT customer, currency, sum(cents)::bigint AS cents FROM conversion
    WHERE refunded_at IS NULL AND kind = 'purchase' AND occurred_at <= $1 AND occurred_at > $2
    GROUP BY customer, currency HAVING sum(cents) > 0
), ranked AS MATERIALIZED (
    SELECT customer, currency, cents, rank, before_cents, total_cents,
        CASE WHEN before_cents * 100 < total_cents * $3 THEN 'A'
             WHEN before_cents * 100 < total_cents * $4 THEN 'B' ELSE 'C' END AS class
    FROM (
        SELECT customer, currency, cents, rank() OVER most AS rank,
            coalesce(sum(cents) OVER (most GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint
                AS before_cents,
            (sum(cents) OVER (PARTITION BY currency))::bigint AS total_cents
        FROM bought WINDOW most AS (PARTITION BY currency ORDER BY cents DESC)
    ) counted
)
"""
# Where each class begins and ends is a figure of the whole company, and is written first: everybody counts for it.
_FIGURES = f"""
{_RANKED}
INSERT INTO class_figure (currency, class, customers, cents, computed_at)
SELECT currency, class, count(*), sum(cents), $1 FROM ranked GROUP BY currency, class
"""  # noqa: S608 - all ours
# Who went back on the same day did not move; and of who may be evaluated no longer nothing is told.
_TIDY = f"""
DELETE FROM class_change k WHERE k.day_date < $1
    OR NOT EXISTS (SELECT FROM ({evaluating.EVALUABLE}) evaluable WHERE evaluable.customer = k.customer)
    OR (k.day_date = $2 AND EXISTS (
        SELECT FROM customer_class c
        WHERE c.customer = k.customer AND c.currency = k.currency AND c.class = k.before))
"""  # noqa: S608 - all ours
# In one statement, so that what was and what is are never seen both or neither. A row that would say nearly the same is
# left: one large purchase moves the rank of everybody below it, and a million rows need not be written for that.
_CLASSES = f"""
{_RANKED}, evaluable AS MATERIALIZED ({evaluating.EVALUABLE}), wanted AS MATERIALIZED (
    SELECT {_COLUMNS} FROM ranked JOIN evaluable USING (customer)
), moved AS (
    INSERT INTO class_change (customer, currency, day_date, before, after)
    SELECT o.customer, o.currency, $5::date, o.class, w.class FROM customer_class o
    JOIN evaluable ON evaluable.customer = o.customer
    LEFT JOIN wanted w ON w.customer = o.customer AND w.currency = o.currency
    WHERE w.class IS DISTINCT FROM o.class
    ON CONFLICT (customer, currency, day_date) DO UPDATE SET after = excluded.after
        WHERE class_change.before IS DISTINCT FROM excluded.after
    RETURNING before, after
), gone AS (
    DELETE FROM customer_class o
    WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.customer = o.customer AND w.currency = o.currency)
), kept AS (
    INSERT INTO customer_class AS o ({_COLUMNS}, since_date)
    SELECT {_COLUMNS}, $5::date FROM wanted
    ON CONFLICT (customer, currency) DO UPDATE SET class = excluded.class, rank = excluded.rank,
        cents = excluded.cents, before_cents = excluded.before_cents, total_cents = excluded.total_cents,
        since_date = CASE WHEN o.class = excluded.class THEN o.since_date ELSE excluded.since_date END
    WHERE o.class <> excluded.class OR o.cents <> excluded.cents
        OR abs(o.rank - excluded.rank) > 0.05 * o.rank
        OR abs(o.before_cents::float8 / o.total_cents - excluded.before_cents::float8 / excluded.total_cents) > 0.01
)
SELECT (SELECT count(*) FROM wanted) AS classed, count(*) FILTER (WHERE after > before OR after IS NULL) AS fell,
    count(*) FILTER (WHERE after < before) AS rose
FROM moved
"""  # noqa: S608 - all ours


class Classed(msgspec.Struct, frozen=True, kw_only=True):
    """How many customers have a class now, and how many fell or rose since the last time."""

    classed: int
    fell: int
    rose: int


async def classify(*, at: datetime) -> Classed:
    """Class everybody anew by the company's rule: five queries, however many there are."""
    rule = await sparing.rule()
    told = (at, began(rule, at=at), rule.a_percent, rule.b_percent)
    async with ground.sweeping(minutes=NIGHT_MINUTES):
        await ground.execute("DELETE FROM class_figure")
        await ground.execute(_FIGURES, *told)
        classed = Classed(**(await ground.fetch(_CLASSES, *told, at.date()))[0])
        await ground.execute(_TIDY, (at - timedelta(days=_KEPT_DAYS)).date(), at.date())
    return classed


def began(rule: Rule, *, at: datetime) -> datetime:
    """Since when purchases count at ``at``."""
    return at - timedelta(days=round(rule.months * _DAYS_A_MONTH))
