"""A person decides what no rule should: approve a referral in review, or refuse it with a reason."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.rewards import granting
from leumund.rewards.granting import BudgetSpent, Due


class ReferralUnknown(Unknown):
    """There is no such referral."""


class NotInReview(Refused):
    """Somebody decided already, or nothing waits for a decision."""


class NoReason(Refused):
    """A refusal without a reason."""


class BudgetTooSmall(Refused):
    """The program's budget does not reach for this."""


async def approve(*, referral: UUID, by: UUID, at: datetime) -> None:
    """Approve and grant both sides. Raises ReferralUnknown, NotInReview, BudgetTooSmall."""
    due = await _due(referral)
    try:
        async with ground.savepoint():
            await granting.grant(due=due, at=at)
    except BudgetSpent:
        raise BudgetTooSmall("errors.rewards.budget_too_small") from None
    await _settle(referral, "approved", "", by, at)


async def refuse(*, referral: UUID, reason: str, by: UUID, at: datetime) -> None:
    """Refuse, for a reason the people concerned may ask for. Raises ReferralUnknown, NotInReview, NoReason."""
    if not reason.strip():
        raise NoReason("errors.rewards.no_reason", field="reason")
    await _due(referral)
    await _settle(referral, "rejected", reason.strip(), by, at)


async def _due(referral: UUID) -> Due:
    rows = await ground.fetch(
        "SELECT r.program, r.id AS referral, r.advocate, r.friend, r.state, c.id AS conversion, "
        "c.cents AS order_cents, c.currency FROM referral r LEFT JOIN conversion c ON c.referral = r.id "
        "WHERE r.id = $1 FOR UPDATE OF r",
        referral,
    )
    if not rows:
        raise ReferralUnknown("errors.rewards.referral_unknown")
    if rows[0].pop("state") != "in_review":
        raise NotInReview("errors.rewards.not_in_review")
    return Due(**rows[0])


async def _settle(referral: UUID, state: str, reason: str, by: UUID, at: datetime) -> None:
    await ground.execute(
        "UPDATE referral SET state = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE id = $1",
        referral,
        state,
        reason,
        by,
        at,
    )
    detail = {"reason": reason} if reason else {}
    await noting.note(actor=f"staff:{by}", action=f"referral.{state}", subject=referral, detail=detail, at=at)
