"""Referrals and rewards as lists: for the company with names, for an advocate without the friend's."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground

_MINE = """
SELECT r.id, r.state, r.attributed_at AS at FROM referral r
WHERE r.advocate = $1 AND r.confirmed_at IS NOT NULL ORDER BY r.attributed_at DESC LIMIT 200
"""
_REFERRALS = """
SELECT r.id, r.state, r.reason, r.attributed_at AS at, a.email AS advocate_email, f.email AS friend_email,
       trim(a.given_name || ' ' || a.family_name) AS advocate, trim(f.given_name || ' ' || f.family_name) AS friend,
       c.order_id, c.cents, c.currency
FROM referral r JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
LEFT JOIN conversion c ON c.referral = r.id
WHERE r.confirmed_at IS NOT NULL AND ($1 = '' OR r.state = $1)
  AND ($2 = '%' OR a.email LIKE $2 OR f.email LIKE $2 OR lower(a.family_name) LIKE $2 OR lower(f.family_name) LIKE $2
       OR c.order_id LIKE $2)
  AND ($3::timestamptz IS NULL OR (r.attributed_at, r.id) < ($3, $4))
ORDER BY r.attributed_at DESC, r.id DESC LIMIT $5
"""
_REWARDS = """
SELECT w.id, w.state, w.reason, w.side, w.kind, w.cents, w.currency, w.granted_at AS at, w.hold_until, w.voucher_code,
       p.email, trim(p.given_name || ' ' || p.family_name) AS name
FROM reward w JOIN customer p ON p.id = w.beneficiary
WHERE ($1 = '' OR w.state = $1) AND ($2 = '%' OR p.email LIKE $2 OR lower(p.family_name) LIKE $2)
  AND ($3::timestamptz IS NULL OR (w.granted_at, w.id) < ($3, $4))
ORDER BY w.granted_at DESC, w.id DESC LIMIT $5
"""


class Cursor(msgspec.Struct, frozen=True):
    """Where the next page begins."""

    at: datetime
    id: UUID


async def referrals_of(*, advocate: UUID) -> list[dict[str, Any]]:
    """An advocate's referrals: id, state, at; never who the friend is."""
    return await ground.fetch(_MINE, advocate)


async def rewards_of(*, customer: UUID) -> list[dict[str, Any]]:
    """A person's rewards, newest first."""
    return await ground.fetch(
        "SELECT id, state, kind, cents, currency, side, granted_at AS at, hold_until, voucher_code FROM reward "
        "WHERE beneficiary = $1 ORDER BY granted_at DESC LIMIT 200",
        customer,
    )


async def referrals(
    *, state: str = "", text: str = "", after: Cursor | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Confirmed referrals, newest first, whose people or order begin with ``text``."""
    return await _list(_REFERRALS, state, text, after, limit)


async def rewards(
    *, state: str = "", text: str = "", after: Cursor | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Rewards, newest first, whose person begins with ``text``."""
    return await _list(_REWARDS, state, text, after, limit)


async def _list(sql: str, state: str, text: str, after: Cursor | None, limit: int) -> list[dict[str, Any]]:
    escaped = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return await ground.fetch(
        sql, state, escaped + "%", after.at if after else None, after.id if after else None, limit
    )
