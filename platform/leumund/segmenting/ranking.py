"""Read classes and interests: what each class brings in, what somebody's follow from, and who moved."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.customers.records.naming import Named
from leumund.customers.segments import evaluating
from leumund.customers.segments.sparing import Rule
from leumund.kit import ground

_BY = Rule()
_FIGURES = "SELECT currency, class, customers, cents, computed_at FROM class_figure ORDER BY currency, class"
_CHANGES = f"""
SELECT k.customer, k.currency, k.day_date, k.before, k.after, {naming.sealed("c", as_="person")}
FROM class_change k JOIN customer c ON c.id = k.customer
WHERE {evaluating.EVALUABLE_ONE} ORDER BY k.day_date DESC, k.customer, k.currency LIMIT $1
"""  # noqa: S608 - all ours
_OF_ONE = f"""
SELECT k.currency, k.class, k.rank, k.cents, k.before_cents, k.total_cents, k.since_date,
    (SELECT m.before FROM class_change m
     WHERE m.customer = k.customer AND m.currency = k.currency AND m.day_date = k.since_date AND m.after = k.class)
        AS before,
    coalesce((SELECT a_percent FROM class_rule), {_BY.a_percent}) AS a_percent,
    coalesce((SELECT b_percent FROM class_rule), {_BY.b_percent}) AS b_percent,
    coalesce((SELECT months FROM class_rule), {_BY.months}) AS months
FROM customer_class k JOIN customer c ON c.id = k.customer
WHERE k.customer = $1 AND {evaluating.EVALUABLE_ONE} ORDER BY k.currency
"""  # noqa: S608 - all ours
_LIKED = f"""
SELECT i.category, i.bought, i.purchases, i.mean, i.share FROM customer_interest i JOIN customer c ON c.id = i.customer
WHERE i.customer = $1 AND {evaluating.EVALUABLE_ONE} ORDER BY i.share / i.mean DESC, i.category
"""  # noqa: S608 - all ours
_MOST_CHANGES = 50


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A class in a currency as a whole."""

    currency: str
    letter: str
    customers: int
    cents: int
    computed_at: datetime


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's class and all it follows from: how many bought for more, what those brought in, and the rule.

    ``before`` is the class they had until ``since_date``; None where there was none, or nobody remembers.
    Rank and shares are those of when the row was last written, and off by no more than a twentieth and a hundredth.
    """

    letter: str
    currency: str
    rank: int
    cents: int
    before_cents: int
    total_cents: int
    since_date: date
    before: str | None
    a_percent: int
    b_percent: int
    months: int


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who moved; ``after`` is None where they bought nothing in the time that counts."""

    customer: UUID
    currency: str
    day_date: date
    before: str
    after: str | None
    named: Named


class Interest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody likes more than others, and the counts it follows from."""

    category: str
    bought: int
    purchases: int
    mean: float
    share: float


async def figures() -> list[Figure]:
    """Each class of each currency, over everybody who bought."""
    return [Figure(letter=row.pop("class"), **row) for row in await ground.fetch(_FIGURES)]


async def changes() -> list[Changed]:
    """Who moved lately, the newest first."""
    rows = await ground.fetch(_CHANGES, _MOST_CHANGES)
    return [Changed(named=_named(row), **row) for row in rows]


async def of_customer(*, customer: UUID) -> list[Ranked]:
    """Their classes, one a currency; none where they did not agree to be evaluated."""
    return [Ranked(letter=row.pop("class"), **row) for row in await ground.fetch(_OF_ONE, customer)]


async def interests(*, customer: UUID) -> list[Interest]:
    """What they like more than others, the most first; none where they did not agree to be evaluated."""
    return [Interest(**row) for row in await ground.fetch(_LIKED, customer)]


def _named(row: dict[str, Any]) -> Named:
    named = naming.take(row, as_="person")
    row.pop("person_id")
    return named
