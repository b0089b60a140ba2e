"""Queue what waits for a person: the oldest first, or the largest orders; nothing ever leaves it by itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.rewards import deciding

SIGNS = "ARRAY(SELECT s.signal FROM referral_signal s WHERE s.referral = r.id ORDER BY s.weight DESC, s.signal)"
# The first order of a referral ``r``.
ORDERED = """
LEFT JOIN LATERAL (
    SELECT order_id, cents, currency, recorded_at FROM conversion WHERE referral = r.id ORDER BY recorded_at, id LIMIT 1
) c ON true
"""
# What waits: before anything is granted, or approved and held since something came up.
WAITS = """
SELECT id, qualified_at AS since, false AS held FROM referral WHERE state = 'in_review'
UNION ALL SELECT h.referral, h.held_at, true FROM review_hold h
JOIN referral r ON r.id = h.referral AND r.state = 'approved' WHERE h.lifted_at IS NULL
"""
ORDERS = ("oldest", "largest")
# So many at once, since whoever decides has looked at each.
MOST = 100
_WAITING = f"""
SELECT r.id, w.since AS at, w.held, {SIGNS} AS signs, c.order_id, c.cents, c.currency,
       (SELECT count(*) FROM review_decision d WHERE d.referral = r.id AND d.verdict = 'approved' AND NOT EXISTS (
           SELECT FROM review_decision l WHERE l.referral = r.id AND l.verdict IN ('refused', 'reopened')
           AND l.position > d.position)) AS approvals, {deciding.TWO} AS needs_two,
       {naming.sealed("a", as_="advocate")}, {naming.sealed("f", as_="friend")}
FROM ({WAITS}) w JOIN referral r ON r.id = w.id
JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
JOIN program p ON p.id = r.program {ORDERED}
WHERE ($1 = '' OR EXISTS (SELECT FROM referral_signal s WHERE s.referral = r.id AND s.signal = $1))
"""  # noqa: S608 - names of ours alone
_OLDEST = f"""{_WAITING}
  AND ($2::timestamptz IS NULL OR (w.since, r.id) > ($2, $3::uuid))
ORDER BY w.since, r.id LIMIT $4
"""
_LARGEST = f"{_WAITING} ORDER BY c.cents DESC NULLS LAST, w.since, r.id LIMIT $2"
_COUNT = f"SELECT count(*) AS n FROM ({WAITS}) w"  # noqa: S608


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A referral that waits, with its order and the signs for which it does.

    Some wait for a second approval, some are ``held`` after they were approved.
    """

    id: UUID
    at: datetime
    held: bool
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


async def waiting() -> int:
    """How many wait for a decision; those of ``doubting`` wait beside them."""
    rows = await ground.fetch(_COUNT)
    return int(rows[0]["n"])


def _row(row: dict[str, Any]) -> Waiting:
    return Waiting(**naming.told(row, as_="advocate"), **naming.told(row, as_="friend"), **row)
