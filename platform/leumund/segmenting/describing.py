"""Describe a segment in figures (requirements A128), none of which is about a few (A122)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.segments import reading
from leumund.customers.segments.reading import Kept
from leumund.kit import ground
from leumund.segmenting import rules
from leumund.surveys import rules as surveys
from leumund.surveys.rules import Figures

_PARTS = ("language", "country", "stage")
_YEAR = timedelta(days=365)
_COUNTED = """
SELECT grouping(c.language, c.country, c.stage) AS part, coalesce(c.language, c.country, c.stage, '') AS value,
    count(*) AS people, count(c.customer_since_date) AS dated,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY $2::date - c.customer_since_date) AS days
FROM ({members}) member JOIN customer c ON c.id = member.customer
GROUP BY GROUPING SETS ((c.language), (c.country), (c.stage), ())
"""
# The bits of ``grouping``: what a line is not grouped by.
_LINES = {0b011: "language", 0b101: "country", 0b110: "stage"}
_WHOLE = 0b111
_BOUGHT = """
SELECT v.currency, count(DISTINCT v.customer) AS customers, count(*) AS purchases, sum(v.cents)::bigint AS cents
FROM ({members}) member JOIN conversion v ON v.customer = member.customer
WHERE v.refunded_at IS NULL AND v.kind = 'purchase' AND v.occurred_at <= $2 AND v.occurred_at > $3
GROUP BY v.currency HAVING count(DISTINCT v.customer) >= $4 ORDER BY 4 DESC
"""
_MARKED = """
SELECT count(*) AS answers, count(*) FILTER (WHERE score >= $2) AS promoters,
    count(*) FILTER (WHERE score <= $3) AS detractors
FROM (
    SELECT DISTINCT ON (a.customer) a.score FROM ({members}) member
    JOIN survey_answer a ON a.customer = member.customer JOIN survey s ON s.id = a.survey AND s.named
    WHERE a.score IS NOT NULL ORDER BY a.customer, a.answered_at DESC, a.id DESC
) latest
"""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """How many have each value of ``name``; an empty one is not known, and ``rest`` are values of too few."""

    name: str
    values: dict[str, int]
    rest: int


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought in a currency within a year."""

    currency: str
    customers: int
    purchases: int
    cents: int


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are, and nothing more where they are too few to be described.

    ``days`` is for how long half of them have been customers; ``nps`` what their last answers say.
    """

    members: int
    parts: list[Part] = []
    days: int | None = None
    bought: list[Bought] = []
    nps: Figures | None = None

    @property
    def is_small(self) -> bool:
        """Whether its figures would be about a few people."""
        return self.members < surveys.LEAST_CELL


async def describe(*, kept: Kept, at: datetime) -> Described:
    """The members of ``kept`` in figures: three queries, however many they are."""
    members = reading.members_sql("$1", evaluates=kept.evaluates)
    async with ground.sweeping():
        return await _described(kept.id, members, at)


async def _described(segment: UUID, members: str, at: datetime) -> Described:
    lines = await ground.fetch(_COUNTED.format(members=members), segment, at.date())
    whole = next(row for row in lines if row["part"] == _WHOLE)
    if whole["people"] < surveys.LEAST_CELL:
        return Described(members=whole["people"])
    bought = await ground.fetch(_BOUGHT.format(members=members), segment, at, at - _YEAR, surveys.LEAST_CELL)
    return Described(
        members=whole["people"],
        parts=[_part(name, lines) for name in _PARTS],
        days=whole["days"] if whole["dated"] >= surveys.LEAST_CELL else None,
        bought=[Bought(**row) for row in bought],
        nps=await _nps(members, segment),
    )


def _part(name: str, lines: list[dict[str, Any]]) -> Part:
    counted = {row["value"]: row["people"] for row in lines if _LINES.get(row["part"]) == name}
    values, rest = rules.cells(counted, least=surveys.LEAST_CELL)
    return Part(name=name, values=values, rest=rest)


async def _nps(members: str, segment: UUID) -> Figures | None:
    sql = _MARKED.format(members=members)
    row = (await ground.fetch(sql, segment, surveys.PROMOTER_FROM, surveys.DETRACTOR_TO))[0]
    return surveys.figures(**row) if row["answers"] >= surveys.LEAST_CELL else None
