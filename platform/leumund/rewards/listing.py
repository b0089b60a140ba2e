"""Referrals and rewards as lists: for the company with names, for an advocate without the friend's."""

from typing import Any
from uuid import UUID

from leumund.customers import finding
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page

REFERRAL_STATES = ("attributed", "qualified", "in_review", "approved", "rejected", "expired", "voided")
REWARD_STATES = (
    "pending",
    "approved",
    "scheduled",
    "paid",
    "fulfilled",
    "redeemed",
    "canceled",
    "failed",
    "expired",
)
_MINE = """
SELECT r.id, r.state, r.attributed_at AS at FROM referral r
WHERE r.advocate = $1 AND r.confirmed_at IS NOT NULL ORDER BY r.attributed_at DESC LIMIT 200
"""
_FOUND = f"WITH found AS (SELECT id FROM customer WHERE $1 <> '%' AND {finding.NAMED})"  # noqa: S608
_REFERRALS = f"""
{_FOUND}
SELECT r.id, r.state, r.reason, r.attributed_at AS at, r.advocate AS advocate_id, r.friend AS friend_id,
       a.email AS advocate_email, f.email AS friend_email,
       {finding.shown_name("a")} AS advocate, {finding.shown_name("f")} AS friend,
       c.order_id, c.cents, c.currency
FROM referral r JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
LEFT JOIN conversion c ON c.referral = r.id
WHERE r.confirmed_at IS NOT NULL AND ($2 = '' OR r.state = $2)
  AND ($1 = '%' OR r.advocate IN (SELECT id FROM found) OR r.friend IN (SELECT id FROM found)
       OR lower(c.order_id) LIKE $1)
  AND ($3::timestamptz IS NULL OR (r.attributed_at, r.id) < ($3, $4::uuid))
ORDER BY r.attributed_at DESC, r.id DESC LIMIT $5
"""  # noqa: S608
_OF_PERSON = f"""
SELECT r.id, r.state, r.attributed_at AS at, CASE r.advocate WHEN $1 THEN 'advocate' ELSE 'friend' END AS side,
       o.id AS other_id, {finding.shown_name("o")} AS other
FROM referral r JOIN customer o ON o.id = CASE r.advocate WHEN $1 THEN r.friend ELSE r.advocate END
WHERE $1 IN (r.advocate, r.friend) AND r.confirmed_at IS NOT NULL ORDER BY r.attributed_at DESC LIMIT 200
"""  # noqa: S608
_REWARDS = f"""
{_FOUND}
SELECT w.id, w.state, w.reason, w.side, w.kind, w.cents, w.currency, w.granted_at AS at, w.hold_until, w.voucher_code,
       w.referral, w.beneficiary, p.email, {finding.shown_name("p")} AS name
FROM reward w JOIN customer p ON p.id = w.beneficiary
WHERE ($2 = '' OR w.state = $2) AND ($1 = '%' OR w.beneficiary IN (SELECT id FROM found))
  AND ($3::timestamptz IS NULL OR (w.granted_at, w.id) < ($3, $4::uuid))
ORDER BY w.granted_at DESC, w.id DESC LIMIT $5
"""  # noqa: S608
_THEIRS = """
SELECT id, state, reason, kind, cents, currency, side, referral, granted_at AS at, hold_until, voucher_code FROM reward
"""


async def referrals_of(*, advocate: UUID) -> list[dict[str, Any]]:
    """An advocate's referrals: id, state, at; never who the friend is."""
    return await ground.fetch(_MINE, advocate)


async def referrals_with(*, customer: UUID) -> list[dict[str, Any]]:
    """A person's referrals for the company's eyes, on either ``side``, with the ``other`` one's name; newest first."""
    return await ground.fetch(_OF_PERSON, customer)


async def rewards_of(*, customer: UUID) -> list[dict[str, Any]]:
    """A person's rewards, newest first."""
    return await ground.fetch(_THEIRS + "WHERE beneficiary = $1 ORDER BY granted_at DESC, id LIMIT 200", customer)


async def has_rewards(*, customer: UUID) -> bool:
    """Whether anything was ever granted to the person."""
    return bool(await ground.fetch("SELECT FROM reward WHERE beneficiary = $1 LIMIT 1", customer))


async def rewards_for(*, referral: UUID) -> list[dict[str, Any]]:
    """What a referral earned, the advocate's first."""
    return await ground.fetch(_THEIRS + "WHERE referral = $1 ORDER BY side", referral)


async def referrals(
    *, state: str = "", text: str = "", after: str | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """Confirmed referrals, newest first, whose people or order ``text`` begins to name. Raises BadCursor."""
    return await _list(_REFERRALS, state, text, after, limit)


async def rewards(
    *, state: str = "", text: str = "", after: str | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """Rewards, newest first, whose person ``text`` begins to name. Raises BadCursor."""
    return await _list(_REWARDS, state, text, after, limit)


async def _list(sql: str, state: str, text: str, after: str | None, limit: int) -> Page[dict[str, Any]]:
    rows = await ground.fetch(sql, finding.beginning(text), state, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut(rows, limit=limit, stands=lambda row: (row["at"], row["id"]))
