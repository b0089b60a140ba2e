"""Decide with a name: each decision of a person about a referral is a row, which says who, what and when."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.staff import members

Verdict = Literal["approved", "refused", "reopened"]
# Why something was refused, in words of ours: of the two that only tell what anybody may know of themselves.
Category = Literal["one_person", "new_customers", "order", "terms", "other"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
_RECORD = """
INSERT INTO review_decision (id, referral, position, member, verdict, why, at)
SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6 FROM review_decision WHERE referral = $2
"""
_STORY = f"""
SELECT d.verdict, d.why AS category, d.at, d.member AS by, {members.BROUGHT}
FROM review_decision d LEFT JOIN staff_member m ON m.id = d.member WHERE d.referral = $1 ORDER BY d.position
"""  # noqa: S608 - names of ours alone
_APPROVED = """
SELECT DISTINCT member FROM review_decision d WHERE referral = $1 AND verdict = 'approved'
AND NOT EXISTS (
    SELECT FROM review_decision l WHERE l.referral = $1 AND l.verdict <> 'approved' AND l.position > d.position
)
"""
_REFUSED = """
SELECT member FROM review_decision WHERE referral = $1 AND verdict = 'refused' ORDER BY position DESC LIMIT 1
"""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; ``name`` is None of a member who is gone."""

    verdict: Verdict
    category: Category | None
    at: datetime
    by: UUID
    name: str | None


async def record(*, referral: UUID, verdict: Verdict, by: UUID, at: datetime, category: Category | None = None) -> None:
    """Write down what ``by`` decided; whoever calls holds the referral's row."""
    await ground.execute(_RECORD, uuid4(), referral, by, verdict, category, at)


async def story(*, referral: UUID) -> list[Decided]:
    """Every decision about ``referral``, in order."""
    return [Decided(name=members.take(row), **row) for row in await ground.fetch(_STORY, referral)]


async def approved_by(*, referral: UUID) -> set[UUID]:
    """Whose approvals stand: those since it was last refused or opened again."""
    return {row["member"] for row in await ground.fetch(_APPROVED, referral)}


async def refused_by(*, referral: UUID) -> UUID | None:
    """Who refused it last."""
    rows = await ground.fetch(_REFUSED, referral)
    return rows[0]["member"] if rows else None
