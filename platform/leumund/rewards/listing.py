"""Referrals and rewards as lists: for the company with names, for an advocate without the friend's."""

from typing import Any
from uuid import UUID

from leumund.customers.records import naming, seeking
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.programs import offers
from leumund.referrals import leading, moving
from leumund.referrals.codes import keeping, reading
from leumund.rewards import attributing
from leumund.rewards.releasing import RewardUnknown
from leumund.rewards.reviewing import ReferralUnknown

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
_FOUND = f"WITH found AS (SELECT id FROM customer WHERE $3 <> '%' AND held IS NULL AND {seeking.NAMED})"  # noqa: S608
_REFERRAL = f"""
SELECT r.id, r.state, r.reason_sealed, {personal.brought("r.id")}, r.attributed_at AS at,
       {naming.sealed("a", as_="advocate")}, {naming.sealed("f", as_="friend")},
       c.order_id, c.cents, c.currency
FROM referral r JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
{attributing.FIRST}
WHERE r.confirmed_at IS NOT NULL
"""  # noqa: S608
_REFERRALS = f"""
{_FOUND}
{_REFERRAL}
  AND ($4 = '' OR r.state = $4)
  AND ($3 = '%' OR r.advocate IN (SELECT id FROM found) OR r.friend IN (SELECT id FROM found)
       OR r.friend IN (SELECT customer FROM conversion WHERE lower(order_id) LIKE $3)
       OR r.link = {leading.coded(plain="$8", code_hash="$9")})
  AND ($5::timestamptz IS NULL OR (r.attributed_at, r.id) < ($5, $6::uuid))
ORDER BY r.attributed_at DESC, r.id DESC LIMIT $7
"""  # noqa: S608
_OF_PERSON = f"""
SELECT r.id, r.state, r.attributed_at AS at, CASE r.advocate WHEN $1 THEN 'advocate' ELSE 'friend' END AS side,
       {naming.sealed("o", as_="other")}
FROM referral r JOIN customer o ON o.id = CASE r.advocate WHEN $1 THEN r.friend ELSE r.advocate END
WHERE $1 IN (r.advocate, r.friend) AND r.confirmed_at IS NOT NULL ORDER BY r.attributed_at DESC LIMIT 200
"""  # noqa: S608
# Which rule of the promise a reward w is by, as the promise says it.
_RULE = "(SELECT to_jsonb(l) FROM reward_rule l WHERE l.id = w.rule) AS rule"
_REWARD = f"""
SELECT w.id, w.state, w.reason, w.side, w.kind, w.cents, w.currency, w.granted_at AS at, w.hold_until, w.voucher_code,
       w.referral, {_RULE}, {naming.sealed("p", as_="beneficiary")}
FROM reward w JOIN customer p ON p.id = w.beneficiary
"""  # noqa: S608
_REWARDS = f"""
{_FOUND}
{_REWARD}
WHERE ($4 = '' OR w.state = $4) AND ($3 = '%' OR w.beneficiary IN (SELECT id FROM found))
  AND ($5::timestamptz IS NULL OR (w.granted_at, w.id) < ($5, $6::uuid))
ORDER BY w.granted_at DESC, w.id DESC LIMIT $7
"""  # noqa: S608
_BOUGHT = """
SELECT order_id, cents, currency, occurred_at AS at, refunded_at IS NOT NULL AS refunded FROM conversion
WHERE customer = $1 AND kind = 'purchase' ORDER BY occurred_at DESC, id LIMIT 20
"""
_THEIRS = f"""
SELECT w.id, w.state, w.reason, w.kind, w.cents, w.currency, w.side, w.referral, w.granted_at AS at, w.hold_until,
       w.voucher_code, {_RULE}
FROM reward w
"""  # noqa: S608


async def referrals_of(*, advocate: UUID) -> list[dict[str, Any]]:
    """An advocate's referrals: id, state, at; never who the friend is."""
    return await ground.fetch(_MINE, advocate)


async def referrals_with(*, customer: UUID) -> list[dict[str, Any]]:
    """A person's referrals for the company's eyes, on either ``side``, with the ``other`` one's name; newest first."""
    return [row | {"other": naming.take(row, as_="other").shown} for row in await ground.fetch(_OF_PERSON, customer)]


async def rewards_of(*, customer: UUID) -> list[dict[str, Any]]:
    """A person's rewards, newest first."""
    rows = await ground.fetch(_THEIRS + "WHERE w.beneficiary = $1 ORDER BY w.granted_at DESC, w.id LIMIT 200", customer)
    return [_by_rule(row) for row in rows]


async def purchases_of(*, customer: UUID) -> list[dict[str, Any]]:
    """What a person bought, as the company's systems told, newest first: order_id, cents, currency, at, refunded."""
    return await ground.fetch(_BOUGHT, customer)


async def has_rewards(*, customer: UUID) -> bool:
    """Whether anything was ever granted to the person."""
    return bool(await ground.fetch("SELECT FROM reward WHERE beneficiary = $1 LIMIT 1", customer))


async def referrals(
    *, state: str = "", text: str = "", after: str | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """Confirmed referrals, newest first, whose people ``text`` names, whose order it begins, or whose code it is.

    Any code of the link, in whatever spelling. Raises BadCursor.
    """
    page = await _list(_REFERRALS, state, text, after, limit, reading.normal(text), keeping.hashed(text))
    return Page([_referral(row) for row in page.rows], page.after)


async def rewards(
    *, state: str = "", text: str = "", after: str | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """Rewards, newest first, whose person ``text`` names. Raises BadCursor."""
    page = await _list(_REWARDS, state, text, after, limit)
    return Page([_reward(row) for row in page.rows], page.after)


async def referral(*, referral: UUID) -> dict[str, Any]:
    """One confirmed referral as ``referrals`` tells of it. Raises ReferralUnknown."""
    rows = await ground.fetch(_REFERRAL + "AND r.id = $1", referral)
    if not rows:
        raise ReferralUnknown("errors.rewards.referral_unknown")
    return _referral(rows[0])


async def reward(*, reward: UUID) -> dict[str, Any]:
    """One reward as ``rewards`` tells of it. Raises RewardUnknown."""
    rows = await ground.fetch(_REWARD + "WHERE w.id = $1", reward)
    if not rows:
        raise RewardUnknown("errors.rewards.reward_unknown")
    return _reward(rows[0])


async def _list(sql: str, state: str, text: str, after: str | None, limit: int, *codes: str) -> Page[dict[str, Any]]:
    sought = await seeking.sought(text)
    rows = await ground.fetch(sql, *sought, state, *cursors.place(after), cursors.asked_for(limit), *codes)
    return cursors.cut(rows, limit=limit, stands=lambda row: (row["at"], row["id"]))


def _referral(row: dict[str, Any]) -> dict[str, Any]:
    advocate, friend = naming.take(row, as_="advocate"), naming.take(row, as_="friend")
    key = personal.opened(row.pop("key_sealed"), person=row["id"])
    reason = moving.why(row.pop("reason_sealed"), row["id"], key=key)
    return row | {
        "reason": reason,
        "advocate": advocate.shown,
        "advocate_email": advocate.email,
        "friend": friend.shown,
        "friend_email": friend.email,
    }


def _reward(row: dict[str, Any]) -> dict[str, Any]:
    person = naming.take(row, as_="beneficiary")
    return _by_rule(row) | {"beneficiary": row.pop("beneficiary_id"), "email": person.email, "name": person.shown}


def _by_rule(row: dict[str, Any]) -> dict[str, Any]:
    """``row`` with the rule it is by; none of a reward from before rules were kept."""
    return row | {"rule": offers.rule_of(row["rule"])}
