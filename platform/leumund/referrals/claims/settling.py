"""Settle at an event who recommended whoever it is about: the claim that wins becomes a confirmed referral.

Nobody is mailed because of it: there was no form, so there is nothing to confirm, and no consent came of it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from leumund.events import telling
from leumund.kit import ground
from leumund.programs import offering
from leumund.referrals import accepting
from leumund.referrals.claims import rules
from leumund.referrals.claims.rules import Claim, Seeker
from leumund.referrals.tables import Referral

# Beyond so many claims of one person nobody reads on.
_MOST = 100
_STANDS = f"""EXISTS (
    SELECT FROM referral r JOIN program p ON p.id = r.program
    WHERE r.friend = c.customer AND r.confirmed_at IS NOT NULL
      AND r.state IN ('attributed', 'qualified', 'in_review', 'approved') AND {offering.live("c.occurred_at")})"""
# A claim of the customer's with the version that was in force when it was made. Those that were judged before are
# judged again as long as nothing stands. @happens is the event it is asked at.
_OPEN = f"""
WITH c AS (@happens), asked AS (
    SELECT c.id, c.customer, c.occurred_at, {_STANDS} AS stands,
           (SELECT min(occurred_at) FROM conversion e
            WHERE e.customer = c.customer AND e.kind = 'purchase' AND e.id IS DISTINCT FROM c.id) AS bought_at,
           f.customer_since_date, CASE WHEN f.source <> $2 THEN f.created_at END AS known_at
    FROM c JOIN customer f ON f.id = c.customer
)
SELECT k.id, k.link, k.way, k.claimed_at, k.campaign, k.conditions_shown, asked.customer, asked.occurred_at,
       asked.stands, asked.bought_at, asked.customer_since_date, asked.known_at, l.advocate, l.program, v.id AS version,
       v.attribution_days, v.new_customers_only,
       coalesce(l.retired_at IS NULL AND a.held IS NULL AND {offering.live("asked.occurred_at")}, false) AS runs,
       EXISTS (SELECT FROM referral o WHERE (o.program, o.friend) = (l.program, k.customer)
               AND o.confirmed_at IS NOT NULL) AS taken
FROM asked JOIN referral_claim k ON k.customer = asked.customer
LEFT JOIN share_link l ON l.id = k.link LEFT JOIN customer a ON a.id = l.advocate
LEFT JOIN program p ON p.id = l.program
LEFT JOIN LATERAL (
    SELECT id, attribution_days, new_customers_only FROM program_version WHERE program = p.id
    ORDER BY published_at > k.claimed_at, abs(extract(epoch FROM published_at - k.claimed_at)) LIMIT 1
) v ON true
WHERE NOT EXISTS (SELECT FROM referral u WHERE u.claim = k.id)
  AND (NOT asked.stands OR NOT EXISTS (SELECT FROM claim_judgement j WHERE j.claim = k.id))
ORDER BY k.told_at DESC LIMIT {_MOST}
"""  # noqa: S608 - names of ours alone
_AT_AN_EVENT = _OPEN.replace("@happens", "SELECT id, customer, occurred_at FROM conversion WHERE id = $1")
_AT_ONE_NOW = _OPEN.replace("@happens", "SELECT NULL::uuid AS id, $1::uuid AS customer, $3::timestamptz AS occurred_at")
_JUDGE = """
INSERT INTO claim_judgement (claim, conversion, reason, at)
SELECT claim, $1, reason, $2 FROM unnest($3::uuid[], $4::text[]) AS said (claim, reason)
ON CONFLICT (claim, conversion, reason) DO NOTHING
"""


class Foreseen(NamedTuple):
    """What would become of a claim, by a key."""

    claim: UUID
    way: str
    link: UUID | None
    reason: str


async def settle(*, conversion: UUID, clocks_differ: timedelta, at: datetime) -> UUID | None:
    """Judge every open claim of whoever the event is about, whom the caller holds; the referral that was made, if any.

    Each time it is written down what became of each. Two statements where there are claims, three more for a referral.
    """
    rows = await ground.fetch(_AT_AN_EVENT, conversion, accepting.SOURCE)
    if not rows:
        return None
    reasons = _judged(rows, clocks_differ)
    await ground.execute(_JUDGE, conversion, at, [*reasons], [*reasons.values()])
    won = next((row for row in rows if reasons[row["id"]] == rules.WON), None)
    return await _attribute(won, at) if won else None


async def foresee(*, customer: UUID, clocks_differ: timedelta, at: datetime) -> Sequence[Foreseen]:
    """What would become of each open claim of ``customer`` if they bought something now. One query; nothing is kept."""
    rows = await ground.fetch(_AT_ONE_NOW, customer, accepting.SOURCE, at)
    reasons = _judged(rows, clocks_differ)
    return [Foreseen(row["id"], row["way"], row["link"], reasons[row["id"]]) for row in rows]


def _judged(rows: Sequence[Mapping[str, Any]], clocks_differ: timedelta) -> dict[UUID, str]:
    if not rows:
        return {}
    return rules.judge([_claim(row) for row in rows], _seeker(rows[0]), clocks_differ=clocks_differ)


async def _attribute(won: Mapping[str, Any], at: datetime) -> UUID:
    """A referral that is confirmed as it is made, by what was promised when the friend came."""
    made = uuid4()
    await Referral.insert(
        Referral(
            id=made,
            program=won["program"],
            version=won["version"],
            link=won["link"],
            advocate=won["advocate"],
            friend=won["customer"],
            request=None,
            terms=None,
            claim=won["id"],
            state="attributed",
            clicked_at=won["claimed_at"] if won["way"] == "click" else None,
            campaign=won["campaign"],
            attributed_at=min(won["claimed_at"], won["occurred_at"]),
            confirmed_at=at,
        )
    )
    await telling.tell(kind="referral.confirmed", subject=made, at=at)
    return made


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(
        id=row["id"],
        way=row["way"],
        claimed_at=row["claimed_at"],
        link=row["link"],
        own=row["advocate"] == row["customer"],
        runs=row["runs"],
        taken=row["taken"],
        days=row["attribution_days"],
        new_customers_only=row["new_customers_only"] is not False,
        conditions_shown=row["conditions_shown"],
    )


def _seeker(row: Mapping[str, Any]) -> Seeker:
    since = row["customer_since_date"]
    return Seeker(
        at=row["occurred_at"],
        stands=row["stands"],
        bought_at=row["bought_at"],
        customer_since=since and datetime.combine(since, time(), UTC),
        known_at=row["known_at"],
    )
