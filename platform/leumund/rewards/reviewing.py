"""A person decides what no rule should: approve a referral in review, or refuse it with a reason."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.customers.records import naming
from leumund.kit import ground, personal
from leumund.kit.faults import Overtaken, Unknown
from leumund.referrals import moving
from leumund.rewards import attributing, deciding, granting, holding, queueing, refusing
from leumund.rewards.granting import BudgetSpent, NothingEarned
from leumund.rewards.refusing import Refusal
from leumund.rewards.waiving import BudgetTooSmall, NothingToGrant
from leumund.staff import members

_LOOK = f"""
SELECT r.id, r.state, r.reason_sealed, {personal.brought("r.id")}, {queueing.SIGNS} AS signs,
       EXISTS (SELECT FROM review_hold h WHERE h.referral = r.id AND h.lifted_at IS NULL) AS held,
       r.attributed_at, r.confirmed_at,
       r.qualified_at, r.decided_at, l.code,
       {naming.sealed("a", as_="advocate")}, {naming.sealed("f", as_="friend")},
       c.order_id, c.cents, c.currency, c.occurred_at, c.refunded_at, p.review_above_cents, {deciding.TWO} AS needs_two,
       {members.BROUGHT}
FROM referral r JOIN share_link l ON l.id = r.link JOIN program p ON p.id = r.program
JOIN customer a ON a.id = r.advocate JOIN customer f ON f.id = r.friend
{attributing.FIRST} LEFT JOIN staff_member m ON m.id = r.decided_by
WHERE r.id = $1 AND r.confirmed_at IS NOT NULL
"""  # noqa: S608


class ReferralUnknown(Unknown):
    """There is no such referral."""


class NotInReview(Overtaken):
    """Somebody decided already, or nothing waits for a decision."""


class NotRefused(Overtaken):
    """Nothing of it was refused, or it is open again."""


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one referral; order and decision are None while there is none."""

    id: UUID
    state: str
    reason: str
    signs: list[str]
    held: bool
    code: str
    advocate: UUID
    advocate_name: str
    advocate_email: str | None
    friend: UUID
    friend_name: str
    friend_email: str | None
    attributed_at: datetime
    confirmed_at: datetime
    qualified_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    order_id: str | None
    cents: int | None
    currency: str | None
    occurred_at: datetime | None
    refunded_at: datetime | None
    review_above_cents: int | None
    needs_two: bool

    @property
    def why(self) -> list[str]:
        """The signs for which a person must look, the heaviest first; none when nobody must (any more)."""
        return self.signs if self.state == "in_review" or self.held else []


async def look(*, referral: UUID) -> Matter:
    """One referral as the company sees it. Raises ReferralUnknown."""
    rows = await ground.fetch(_LOOK, referral)
    if not rows:
        raise ReferralUnknown("errors.rewards.referral_unknown")
    return _matter(rows[0])


async def approve(*, referral: UUID, by: UUID, at: datetime) -> bool:
    """Approve and grant what its events have earned by what was promised, whatever is offered by now.

    Of several that wait, what earns nothing any more holds up nothing. False where the order is so large that another
    member has to approve it too, and it waits for them. Raises ReferralUnknown, NotInReview, BudgetTooSmall,
    NothingToGrant, deciding.ApprovedAlready.
    """
    if await _is_held(referral):
        await holding.lift(referral=referral, by=by, at=at)
        return True
    if not await deciding.approve(referral=referral, by=by, at=at):
        await noting.note(actor=f"staff:{by}", action="referral.approved_first", subject=referral, at=at)
        return False
    granted = []
    try:
        async with ground.savepoint():
            for due in await attributing.qualifying(referral=referral):
                with suppress(NothingEarned):
                    granted += await granting.grant(due=due, at=at)
    except BudgetSpent:
        raise BudgetTooSmall("errors.rewards.budget_too_small") from None
    if not granted:
        raise NothingToGrant("errors.rewards.nothing_to_grant")
    await moving.move(referral=referral, to="approved", by=by, at=at)
    await noting.note(actor=f"staff:{by}", action="referral.approved", subject=referral, at=at)
    return True


async def refuse(*, referral: UUID, refusal: Refusal, by: UUID, at: datetime) -> None:
    """Refuse, for a reason the people concerned are told.

    Raises ReferralUnknown, NotInReview, and what refusing.refuse raises.
    """
    if await _is_held(referral):
        await holding.cancel(referral=referral, at=at)
    await refusing.refuse(referral=referral, refusal=refusal, by=by, at=at)


async def reopen(*, referral: UUID, by: UUID, at: datetime) -> None:
    """Take a refusal back, since somebody objected and was right; from here on it waits as it did before.

    Raises ReferralUnknown, NotRefused, deciding.OwnDecision.
    """
    rows = await ground.fetch("SELECT state FROM referral WHERE id = $1 FOR UPDATE", referral)
    if not rows:
        raise ReferralUnknown("errors.rewards.referral_unknown")
    if rows[0]["state"] != "rejected":
        raise NotRefused("errors.reviews.not_refused")
    await deciding.require_another(referral=referral, by=by)
    await moving.move(referral=referral, to="in_review", by=by, at=at)
    await deciding.record(referral=referral, verdict="reopened", by=by, at=at)
    await noting.note(actor=f"staff:{by}", action="referral.reopened", subject=referral, at=at)


def _matter(row: dict[str, Any]) -> Matter:
    key = personal.opened(row.pop("key_sealed"), person=row["id"])
    return Matter(
        **naming.told(row, as_="advocate"),
        **naming.told(row, as_="friend"),
        reason=moving.why(row.pop("reason_sealed"), row["id"], key=key),
        decided_by=members.take(row),
        **row,
    )


async def _is_held(referral: UUID) -> bool:
    """Whether it was approved and waits all the same; else it is in review. Whom it concerns is locked, and its row."""
    rows = await ground.fetch("SELECT friend FROM referral WHERE id = $1", referral)
    if not rows:
        raise ReferralUnknown("errors.rewards.referral_unknown")
    await attributing.hold(friend=rows[0]["friend"])
    rows = await ground.fetch("SELECT state FROM referral WHERE id = $1 FOR NO KEY UPDATE", referral)
    if await holding.is_held(referral=referral):
        return True
    if not rows or rows[0]["state"] != "in_review":
        raise NotInReview("errors.rewards.not_in_review")
    return False
