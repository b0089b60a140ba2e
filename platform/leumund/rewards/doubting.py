"""List what waits for a person though its referral is approved: later orders in doubt, and lost milestones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.rewards import deciding, owing, queueing, valuing
from leumund.rewards.valuing import Value

_DOUBTS = f"""
SELECT c.id, 'conversion' AS what, c.doubt, c.recorded_at AS at, c.referral, c.order_id, c.cents, c.currency,
       NULL::bigint AS worth_cents, p.currency AS worth_currency, '' AS side,
       c.approved_by IS NOT NULL AS approved, {deciding.TWO} AS needs_two
FROM conversion c JOIN program p ON p.id = c.program WHERE c.doubt IS NOT NULL
UNION ALL
SELECT w.id, 'reward', w.doubt, w.granted_at, w.referral, c.order_id, c.cents, c.currency, {owing.LEFT}, w.currency,
       w.side, false, false
FROM reward w JOIN conversion c ON c.id = w.conversion WHERE w.doubt IS NOT NULL
"""  # noqa: S608 - names of ours alone
_PAGE = f"""
SELECT x.id, x.what, x.doubt, x.at, x.referral, x.order_id, x.cents, x.currency, x.worth_cents, x.worth_currency,
       x.side, x.approved, x.needs_two, {naming.sealed("a", as_="advocate")}, {naming.sealed("f", as_="friend")}
FROM ({_DOUBTS}) x JOIN referral r ON r.id = x.referral
JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
WHERE $1::timestamptz IS NULL OR (x.at, x.id) > ($1, $2::uuid)
ORDER BY x.at, x.id LIMIT $3
"""  # noqa: S608
# Since when each of them waits, and of all that waits for a person.
_SINCE = """
SELECT recorded_at AS since FROM conversion WHERE doubt IS NOT NULL
UNION ALL SELECT granted_at FROM reward WHERE doubt IS NOT NULL
"""
_COUNT = f"SELECT count(*) AS n FROM ({_SINCE}) w"  # noqa: S608
_ALL = f"""
SELECT count(*) AS n FROM (SELECT since FROM ({queueing.WAITS}) q UNION ALL {_SINCE}) w
WHERE $1::timestamptz IS NULL OR w.since <= $1
"""  # noqa: S608


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """An order nothing was granted for yet, or a reward that is held; ``worth`` is what hangs on the decision."""

    id: UUID
    what: Literal["conversion", "reward"]
    doubt: str
    at: datetime
    referral: UUID
    order_id: str
    cents: int
    currency: str
    worth: list[Value]
    approved: bool
    needs_two: bool
    advocate: UUID
    advocate_name: str
    advocate_email: str | None
    friend: UUID
    friend_name: str
    friend_email: str | None


async def doubts(*, at: datetime, after: str | None = None, limit: int = 50) -> Page[Doubt]:
    """The oldest first, each with what granting it now would bring, or with what is held.

    Three queries, and one more where an age is asked for. Raises BadCursor.
    """
    rows = await ground.fetch(_PAGE, *cursors.place(after), cursors.asked_for(limit))
    orders = [row["id"] for row in rows if row["what"] == "conversion"]
    worth = await valuing.of_conversions(conversions=orders, at=at) if orders else {}
    told = [_row(row, worth) for row in rows]
    return cursors.cut(told, limit=limit, stands=lambda row: (row.at, row.id))


async def count() -> int:
    """How many are in doubt."""
    rows = await ground.fetch(_COUNT)
    return int(rows[0]["n"])


async def all_waiting(*, since: datetime | None = None) -> int:
    """How many wait for a person, in the queue and in doubt; where asked, ``since`` a moment or longer. One query."""
    rows = await ground.fetch(_ALL, since)
    return int(rows[0]["n"])


def _row(row: dict[str, Any], worth: Mapping[UUID, list[Value]]) -> Doubt:
    cents, currency, side = row.pop("worth_cents"), row.pop("worth_currency"), row.pop("side")
    held = [] if cents is None else [Value(side=side, cents=cents, currency=currency)]
    return Doubt(
        worth=worth.get(row["id"], held), **naming.told(row, as_="advocate"), **naming.told(row, as_="friend"), **row
    )
