"""Know what a conversion is judged by: one statement for all that was granted, told and decided before it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import finding
from leumund.kit import ground
from leumund.rewards import owing
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
_LEFT = f"CASE WHEN w.currency = '{UNIT}' THEN 0 ELSE {owing.LEFT} END AS cents"
# What was earned is counted from the first moment of a month or of a tax year, which is the calendar's, by the clock of
# the company; a year is the last twelve months. What a whole program paid is added up once, whoever it is asked for.
_KNOWN = f"""
WITH since AS (
    SELECT date_trunc('month', $9::timestamptz, time_zone) AS month, $9::timestamptz - interval '12 months' AS year,
           date_trunc('year', $9::timestamptz, time_zone) AS tax_year, '-infinity'::timestamptz AS ever
    FROM company_profile
), whole AS MATERIALIZED (
    SELECT program, {_SUMS} FROM (
        SELECT w.program, w.granted_at, w.tops_up, {_LEFT} FROM reward w WHERE w.state NOT IN ('canceled', 'expired')
        AND w.program IN (
            SELECT program FROM unnest($2::uuid[], $7::text[]) AS a (program, asked) WHERE asked = 'program')
    ) had, since GROUP BY program
)
SELECT
    (SELECT coalesce(array_agg(cents), '{{}}') FROM (
        SELECT e.cents - coalesce((SELECT sum(cents) FROM refund
            WHERE conversion = e.id AND restored_at IS NULL), 0)::bigint AS cents
        FROM conversion c JOIN conversion e ON (e.customer, e.kind, e.event_key, e.currency) =
            (c.customer, c.kind, c.event_key, c.currency) AND e.number < c.number
        WHERE c.id = d.conversion AND e.refunded_at IS NULL AND e.occurred_at >= d.signed_up_at - $8::interval
        ORDER BY e.number LIMIT {_MOST_EARLIER}
    ) earlier) AS earlier_cents,
    (SELECT count(*) FROM referral o JOIN referral r ON r.id = d.referral
     WHERE o.advocate = d.advocate AND o.program = d.program AND o.state = 'approved' AND o.id <> r.id
       AND (r.state <> 'approved' OR (o.decided_at, o.id) < (r.decided_at, r.id))) AS approved_before,
    (SELECT coalesce(jsonb_object_agg(key, times), '{{}}') FROM (
        SELECT u.key, count(*) AS times FROM reward w JOIN reward_rule u ON u.id = w.rule
        WHERE w.referral = d.referral AND w.state <> 'canceled' AND w.tops_up IS NULL GROUP BY u.key) each) AS paid,
    (SELECT coalesce(array_agg(milestone), '{{}}') FROM reward WHERE program = d.program AND beneficiary = d.advocate
     AND milestone IS NOT NULL AND state <> 'canceled') AS milestones,
    (SELECT coalesce(jsonb_agg(to_jsonb(sums)), '[]') FROM (
        SELECT beneficiary, {_SUMS} FROM (
            SELECT w.beneficiary, w.granted_at, w.tops_up, {_LEFT} FROM reward w
            WHERE w.program = d.program AND w.beneficiary IN (d.advocate, d.friend)
              AND w.state NOT IN ('canceled', 'expired') AND d.asked <> ''
        ) had, since GROUP BY beneficiary
        UNION ALL SELECT NULL, {", ".join(f"{per}_cents, {per}_rewards" for per in PERIODS)} FROM whole
        WHERE program = d.program
    ) sums) AS sums,
    (SELECT jsonb_object_agg(id, jsonb_build_array(held, country)) FROM customer
     WHERE id IN (d.advocate, d.friend)) AS people
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::text[]) WITH ORDINALITY
    AS d (conversion, program, referral, advocate, friend, signed_up_at, asked, place)
ORDER BY d.place
"""  # noqa: S608 - all ours


async def facts(*, due: Due, at: datetime) -> Facts:
    """All that ``due`` is judged by, as it stands; whoever calls holds the two people and the program's row.

    That a friend was a customer before is a sign (referrals.signs) and no fact here: a person decides what it means.
    """
    (known,) = await facts_of(dues=[due], at=at)
    return known


async def facts_of(*, dues: Sequence[Due], at: datetime) -> list[Facts]:
    """As ``facts``, of several that are not locked, each as if it were the only one.

    One query, and one more where a version asks for an age.
    """
    columns = [
        [due.conversion for due in dues],
        [due.offer.id for due in dues],
        [due.referral for due in dues],
        [due.advocate for due in dues],
        [due.friend for due in dues],
        [due.signed_up_at for due in dues],
        [_asked(due) for due in dues],
    ]
    rows, born = await ground.fetch(_KNOWN, *columns, CLOCKS_DIFFER, at), await _born(dues)
    return [_facts(due, row, born) for due, row in zip(dues, rows, strict=True)]


def _facts(due: Due, row: Mapping[str, Any], born: Mapping[UUID, date]) -> Facts:
    earned = {one["beneficiary"]: _earned(one) for one in msgspec.json.decode(row["sums"])}
    advocate, friend = _parties(due, row, earned, born)
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


def _parties(
    due: Due, row: Mapping[str, Any], earned: Mapping[str, Mapping[str, Earned]], born: Mapping[UUID, date]
) -> list[Party]:
    """The advocate and the friend; only advocates reach milestones, and age is asked where the version asks."""
    people, asked = msgspec.json.decode(row["people"]), due.offer.version.minimum_age is not None
    return [
        Party(
            age=years(born[customer], due.event.at.date()) if asked and customer in born else None,
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


async def _born(dues: Sequence[Due]) -> Mapping[UUID, date]:
    """When those were born whose version asks for it, where it is known."""
    asked = {customer for due in dues if due.offer.version.minimum_age is not None for customer in due.people}
    return await finding.birth_dates(customers=asked) if asked else {}


def years(born: date, day: date) -> int:
    """How old somebody is on ``day``; whoever was born on 29 February is older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
