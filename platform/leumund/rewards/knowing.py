"""Know what a conversion is judged by: one statement for all that was granted, told and decided before it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import finding
from leumund.kit import ground
from leumund.rewards.attributing import CLOCKS_DIFFER, Due
from leumund.rewards.judging.facts import PERIODS, Earned, Facts, Party
from leumund.rewards.judging.units import UNIT

# Nobody's n-th purchase is looked for beyond this.
_MOST_EARLIER = 1000
_SUMS = ", ".join(
    f"coalesce(sum(cents) FILTER (WHERE granted_at >= since.{per}), 0)::bigint AS {per}_cents, "
    f"count(*) FILTER (WHERE granted_at >= since.{per} AND tops_up IS NULL) AS {per}_rewards"
    for per in PERIODS
)
# What was earned is counted from the first moment of a month or of a tax year, which is the calendar's, by the clock of
# the company; a year is the last twelve months.
_KNOWN = f"""
WITH since AS (
    SELECT date_trunc('month', $8::timestamptz, time_zone) AS month, $8::timestamptz - interval '12 months' AS year,
           date_trunc('year', $8::timestamptz, time_zone) AS tax_year, '-infinity'::timestamptz AS ever
    FROM company_profile
), had AS (
    SELECT w.beneficiary, w.granted_at, w.tops_up, CASE WHEN w.currency = '{UNIT}' THEN 0 ELSE w.cents - coalesce(
        (SELECT sum(cents) FROM reward_reduction WHERE reward = w.id), 0) END AS cents
    FROM reward w
    WHERE w.program = $1 AND w.state NOT IN ('canceled', 'expired')
      AND ($9 = 'program' OR $9 = 'person' AND w.beneficiary IN ($3, $4))
), sums AS (
    SELECT beneficiary, {_SUMS} FROM had, since GROUP BY ROLLUP (beneficiary)
)
SELECT
    (SELECT coalesce(array_agg(cents), '{{}}') FROM (
        SELECT e.cents - coalesce((SELECT sum(cents) FROM refund
            WHERE conversion = e.id AND restored_at IS NULL), 0)::bigint AS cents
        FROM conversion c JOIN conversion e ON (e.customer, e.kind, e.event_key, e.currency) =
            (c.customer, c.kind, c.event_key, c.currency) AND e.number < c.number
        WHERE c.id = $5 AND e.refunded_at IS NULL AND e.occurred_at >= $6::timestamptz - $7::interval
        ORDER BY e.number LIMIT {_MOST_EARLIER}
    ) earlier) AS earlier_cents,
    (SELECT count(*) FROM referral o JOIN referral r ON r.id = $2
     WHERE o.advocate = $3 AND o.program = $1 AND o.state = 'approved' AND o.id <> r.id
       AND (r.state <> 'approved' OR (o.decided_at, o.id) < (r.decided_at, r.id))) AS approved_before,
    (SELECT coalesce(jsonb_object_agg(key, times), '{{}}') FROM (
        SELECT u.key, count(*) AS times FROM reward w JOIN reward_rule u ON u.id = w.rule
        WHERE w.referral = $2 AND w.state <> 'canceled' AND w.tops_up IS NULL GROUP BY u.key) each) AS paid,
    (SELECT coalesce(array_agg(milestone), '{{}}') FROM reward WHERE program = $1 AND beneficiary = $3
     AND milestone IS NOT NULL AND state <> 'canceled') AS milestones,
    (SELECT coalesce(jsonb_agg(to_jsonb(sums)), '[]') FROM sums) AS sums,
    (SELECT jsonb_object_agg(id, jsonb_build_array(held, country)) FROM customer WHERE id IN ($3, $4)) AS people
"""  # noqa: S608 - all ours


async def facts(*, due: Due, at: datetime) -> Facts:
    """All that ``due`` is judged by, as it stands; whoever calls holds the two people and the program's row.

    That a friend was a customer before is a sign (referrals.signs) and no fact here: a person decides what it means.

    One query, and one more for each person where the version asks for an age.
    """
    (row,) = await ground.fetch(
        _KNOWN,
        due.offer.id,
        due.referral,
        due.advocate,
        due.friend,
        due.conversion,
        due.signed_up_at,
        CLOCKS_DIFFER,
        at,
        _asked(due),
    )
    earned = {one["beneficiary"]: _earned(one) for one in msgspec.json.decode(row["sums"])}
    advocate, friend = await _parties(due, row, earned)
    return Facts(
        event=due.event,
        signed_up_at=due.signed_up_at,
        qualified_at=due.qualified_at,
        earlier_cents=tuple(row["earlier_cents"]),
        approved=row["approved_before"] + 1,
        paid=msgspec.json.decode(row["paid"]),
        advocate=advocate,
        friend=friend,
        program=earned.get(None, {}),
    )


async def _parties(due: Due, row: Mapping[str, Any], earned: Mapping[str, Mapping[str, Earned]]) -> list[Party]:
    """The advocate and the friend; only advocates reach milestones."""
    people, ages = msgspec.json.decode(row["people"]), await _ages(due)
    return [
        Party(
            age=ages.get(customer),
            country=people[str(customer)][1],
            gone=people[str(customer)][0] == "erased",
            accepted=due.accepted or customer == due.advocate,
            earned=earned.get(str(customer), {}),
            milestones=frozenset(row["milestones"]) if customer == due.advocate else frozenset(),
        )
        for customer in due.people
    ]


def _asked(due: Due) -> str:
    """Whose sums the version's limits ask for: everybody's, those of the two, or nobody's."""
    scopes = {cap.scope for cap in due.offer.version.caps}
    return "program" if "program" in scopes else "person" if scopes else ""


def _earned(sums: Mapping[str, Any]) -> dict[str, Earned]:
    return {per: Earned(sums[f"{per}_cents"], sums[f"{per}_rewards"]) for per in PERIODS}


async def _ages(due: Due) -> dict[UUID, int]:
    """How old each of the two was, where the version asks and it is known."""
    if due.offer.version.minimum_age is None:
        return {}
    born = {customer: (await finding.known(customer=customer)).birth_date for customer in due.people}
    return {customer: years(day, due.event.at.date()) for customer, day in born.items() if day is not None}


def years(born: date, day: date) -> int:
    """How old somebody is on ``day``; whoever was born on 29 February is older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
