"""Queue what waits for a person: the oldest first, or the largest orders; nothing ever leaves it by itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page

SIGNS = "ARRAY(SELECT s.signal FROM referral_signal s WHERE s.referral = r.id ORDER BY s.weight DESC, s.signal)"
# The first order of a referral ``r``.
ORDERED = """
LEFT JOIN LATERAL (
    SELECT order_id, cents, currency FROM conversion WHERE referral = r.id ORDER BY recorded_at, id LIMIT 1
) c ON true
"""
ORDERS = ("oldest", "largest")
# So many at once, since whoever decides has looked at each.
MOST = 100
_WAITING = f"""
SELECT r.id, r.qualified_at AS at, {SIGNS} AS signs, c.order_id, c.cents, c.currency,
       (SELECT count(*) FROM review_decision d WHERE d.referral = r.id AND d.verdict = 'approved' AND NOT EXISTS (
           SELECT FROM review_decision l WHERE l.referral = r.id AND l.verdict <> 'approved'
           AND l.position > d.position)) AS approvals, c.cents > p.four_eyes_above_cents AS needs_two,
       {naming.sealed("a", as_="advocate")}, {naming.sealed("f", as_="friend")}
FROM referral r JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
JOIN program p ON p.id = r.program {ORDERED}
WHERE r.state = 'in_review'
  AND ($1 = '' OR EXISTS (SELECT FROM referral_signal s WHERE s.referral = r.id AND s.signal = $1))
"""  # noqa: S608 - names of ours alone
_OLDEST = f"""{_WAITING}
  AND ($2::timestamptz IS NULL OR (r.qualified_at, r.id) > ($2, $3::uuid))
ORDER BY r.qualified_at, r.id LIMIT $4
"""
_LARGEST = f"{_WAITING} ORDER BY c.cents DESC NULLS LAST, r.qualified_at, r.id LIMIT $2"
_OLD = """
SELECT count(*) AS n FROM referral WHERE state = 'in_review' AND qualified_at <= $1
"""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A referral that waits, with its order and the signs for which it does; some wait for a second approval."""

    id: UUID
    at: datetime
    signs: list[str]
    advocate: UUID
    advocate_name: str
    advocate_email: str | None
    friend: UUID
    friend_name: str
    friend_email: str | None
    order_id: str | None
    cents: int | None
    currency: str | None
    approvals: int
    needs_two: bool | None


async def queue(*, order: str, sign: str = "", after: str | None = None, limit: int = 50) -> Page[Waiting]:
    """One query; the ``largest`` are the first hundred, without a next page. Raises BadCursor."""
    if order == "largest":
        return Page([_row(row) for row in await ground.fetch(_LARGEST, sign, MOST)], None)
    rows = await ground.fetch(_OLDEST, sign, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([_row(row) for row in rows], limit=limit, stands=lambda row: (row.at, row.id))


async def older_than(*, at: datetime) -> int:
    """How many have waited since ``at`` or longer."""
    rows = await ground.fetch(_OLD, at)
    return int(rows[0]["n"])


def _row(row: dict[str, Any]) -> Waiting:
    advocate, friend = naming.take(row, as_="advocate"), naming.take(row, as_="friend")
    return Waiting(
        advocate=row.pop("advocate_id"),
        advocate_name=advocate.shown,
        advocate_email=advocate.email,
        friend=row.pop("friend_id"),
        friend_name=friend.shown,
        friend_email=friend.email,
        **row,
    )
