"""List what waits for a person though its referral is approved: later orders in doubt, and lost milestones."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.rewards import deciding

# What an order would bring is what its rules said when it was told; points are no money.
_WORTH = """
(SELECT sum(j.cents)::bigint FROM judgement j JOIN reward_rule u ON u.id = j.rule
 WHERE j.conversion = c.id AND j.referral = c.referral AND j.passed AND u.kind <> 'points')
"""
_LEFT = "w.cents - coalesce((SELECT sum(d.cents) FROM reward_reduction d WHERE d.reward = w.id), 0)::bigint"
_DOUBTS = f"""
SELECT c.id, 'conversion' AS what, c.doubt, c.recorded_at AS at, c.referral, c.order_id, c.cents, c.currency,
       {_WORTH} AS worth_cents, p.currency AS worth_currency,
       c.approved_by IS NOT NULL AS approved, {deciding.TWO} AS needs_two
FROM conversion c JOIN program p ON p.id = c.program WHERE c.doubt IS NOT NULL
UNION ALL
SELECT w.id, 'reward', w.doubt, w.granted_at, w.referral, c.order_id, c.cents, c.currency, {_LEFT}, w.currency,
       false, false
FROM reward w JOIN conversion c ON c.id = w.conversion WHERE w.doubt IS NOT NULL
"""  # noqa: S608 - names of ours alone
_PAGE = f"""
SELECT x.id, x.what, x.doubt, x.at, x.referral, x.order_id, x.cents, x.currency, x.worth_cents, x.worth_currency,
       x.approved, x.needs_two, {naming.sealed("a", as_="advocate")}, {naming.sealed("f", as_="friend")}
FROM ({_DOUBTS}) x JOIN referral r ON r.id = x.referral
JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
WHERE $1::timestamptz IS NULL OR (x.at, x.id) > ($1, $2::uuid)
ORDER BY x.at, x.id LIMIT $3
"""  # noqa: S608


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """An order nothing was granted for yet, or a reward that is held; ``worth_cents`` is what hangs on the decision."""

    id: UUID
    what: Literal["conversion", "reward"]
    doubt: str
    at: datetime
    referral: UUID
    order_id: str
    cents: int
    currency: str
    worth_cents: int | None
    worth_currency: str
    approved: bool
    needs_two: bool
    advocate: UUID
    advocate_name: str
    advocate_email: str | None
    friend: UUID
    friend_name: str
    friend_email: str | None


async def doubts(*, after: str | None = None, limit: int = 50) -> Page[Doubt]:
    """The oldest first, in one query. Raises BadCursor."""
    rows = await ground.fetch(_PAGE, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([_row(row) for row in rows], limit=limit, stands=lambda row: (row.at, row.id))


def _row(row: dict[str, Any]) -> Doubt:
    advocate, friend = naming.take(row, as_="advocate"), naming.take(row, as_="friend")
    return Doubt(
        advocate=row.pop("advocate_id"),
        advocate_name=advocate.shown,
        advocate_email=advocate.email,
        friend=row.pop("friend_id"),
        friend_name=friend.shown,
        friend_email=friend.email,
        **row,
    )
