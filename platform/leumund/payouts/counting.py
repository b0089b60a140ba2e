"""Count codes by worth: how many are left, who waits for one, and who will soon; also where there is no pool yet.

A worth that a running program promises is wanted before anybody has earned it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.payouts import collecting
from leumund.programs import offering

# Codes are wanted of our pools only where vouchers go that way; what a batch took along stays with the way it took.
_POOLED = "coalesce((SELECT way FROM payout_way WHERE kind = 'voucher'), 'voucher') = 'voucher'"
_WANTED = f"""
SELECT w.currency, {collecting.OWED} AS cents, (w.state <> 'pending')::int AS waiting,
       (w.state = 'pending')::int AS coming, w.granted_at AS since
FROM reward w JOIN customer c ON c.id = w.beneficiary AND c.held IS DISTINCT FROM 'erased'
WHERE w.kind = 'voucher' AND w.voucher_code IS NULL AND w.state IN ('pending', 'approved', 'scheduled', 'failed')
  AND {collecting.OWED} > 0
  AND CASE w.state WHEN 'scheduled' THEN EXISTS (
        SELECT FROM payout_item i JOIN payout q ON q.id = i.payout WHERE i.reward = w.id AND i.stands
        AND q.way = 'voucher') ELSE {_POOLED} END
UNION ALL
SELECT p.currency, u.cents, 0, 0, v.published_at
FROM program p JOIN program_version v ON v.program = p.id AND v.number = (
    SELECT max(number) FROM program_version WHERE program = p.id)
JOIN reward_rule u ON u.version = v.id AND u.kind = 'voucher' AND u.cents > 0
WHERE {_POOLED} AND {offering.live("$1")}
"""  # noqa: S608 - ours alone
_TODAY = "($1 AT TIME ZONE (SELECT time_zone FROM company_profile))::date"
_WORTHS = f"""
SELECT coalesce(p.currency, n.currency) AS currency, coalesce(p.cents, n.cents) AS cents, p.id AS pool,
       coalesce(p.name, '') AS name, coalesce(p.low_below, 0) AS low_below, p.told_at, n.since,
       coalesce(n.waiting, 0) AS waiting, coalesce(n.coming, 0) AS coming, h.left, h.given, h.expired
FROM voucher_pool p FULL JOIN (
    SELECT currency, cents, sum(waiting)::bigint AS waiting, sum(coming)::bigint AS coming, min(since) AS since
    FROM ({_WANTED}) each GROUP BY currency, cents
) n ON n.currency = p.currency AND n.cents = p.cents
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE v.payout IS NULL AND (v.expires_date IS NULL OR v.expires_date > {_TODAY})) AS left,
           count(v.payout) AS given,
           count(*) FILTER (WHERE v.payout IS NULL AND v.expires_date <= {_TODAY}) AS expired
    FROM voucher v WHERE v.pool = p.id
) h
ORDER BY 1, 2
"""  # noqa: S608 - ours alone


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """Codes of one worth: ``left`` to give, ``waiting`` for one, ``coming`` once their hold is over.

    ``pool`` is None where nobody opened one; ``since`` is when the first who still wants one was promised it.
    """

    currency: str
    cents: int
    pool: UUID | None
    name: str
    low_below: int
    told_at: datetime | None
    since: datetime | None
    waiting: int
    coming: int
    left: int
    given: int
    expired: int

    @property
    def lacking(self) -> int:
        """How many wait for whom there is no code."""
        return max(0, self.waiting - self.left)

    @property
    def is_low(self) -> bool:
        """Whether fewer are left, once whoever waits has theirs, than the company wants to be warned below."""
        return self.pool is None or self.left - self.waiting < max(self.low_below, 1 if self.since else 0)


async def worths(*, at: datetime) -> list[Worth]:
    """Every worth that has a pool or is wanted. One query, over the rewards that still want a code."""
    return [Worth(**row) for row in await ground.fetch(_WORTHS, at)]


async def low(*, at: datetime) -> list[Worth]:
    """Those that run dry or have, the most wanted first. One query."""
    return sorted((each for each in await worths(at=at) if each.is_low), key=lambda one: (-one.lacking, -one.waiting))
