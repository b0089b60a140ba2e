"""Decide with a name: each decision of a person about a referral is a row, which says who, what and when."""

from datetime import datetime
from typing import Literal, NamedTuple, get_args
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.staff import members

RIGHT = "referrals.decide"
Verdict = Literal["approved", "refused", "reopened", "denied"]
# Why something was refused, in words of ours: of the two that only tell what anybody may know of themselves.
Category = Literal["one_person", "new_customers", "order", "terms", "other"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
# Those that say it all: what is denied after an approval is told in no words of the company's own.
PLAIN: tuple[Category, ...] = tuple(each for each in CATEGORIES if each != "other")
_RECORD = """
INSERT INTO review_decision (id, referral, position, member, verdict, why, at, conversion, reward)
SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7, $8 FROM review_decision WHERE referral = $2
"""
_STORY = f"""
SELECT d.verdict, d.why AS category, d.at, d.member AS by, {members.BROUGHT}
FROM review_decision d LEFT JOIN staff_member m ON m.id = d.member WHERE d.referral = $1 ORDER BY d.position
"""  # noqa: S608 - names of ours alone
# Whether a conversion c is a matter of two people in its program p: by the lowest limit there was since it was told.
# Whoever may set the limit may decide too, and would else raise it for as long as it takes.
TWO = """
coalesce(c.cents > least(p.four_eyes_above_cents, (
    SELECT min(was::bigint) FROM program_move
    WHERE program = p.id AND field = 'four_eyes_above_cents' AND at > c.recorded_at)), false)
"""
_NEEDS_TWO = f"""
SELECT FROM referral r JOIN program p ON p.id = r.program JOIN conversion c ON c.referral = r.id
WHERE r.id = $1 AND {TWO} LIMIT 1
"""
_ENTERED = """
SELECT FROM referral r JOIN referral_claim k ON k.id = r.claim WHERE r.id = $1 AND k.told_by = $2
"""
_APPROVED = """
SELECT DISTINCT member FROM review_decision d WHERE referral = $1 AND verdict = 'approved'
AND NOT EXISTS (
    SELECT FROM review_decision l
    WHERE l.referral = $1 AND l.verdict IN ('refused', 'reopened') AND l.position > d.position
)
"""
_REFUSED = """
SELECT member FROM review_decision WHERE referral = $1 AND verdict IN ('refused', 'denied')
ORDER BY position DESC LIMIT 1
"""
# A denial d that stands, since nobody took it back.
DENIED = """
d.verdict = 'denied' AND NOT EXISTS (
    SELECT FROM review_decision l WHERE l.referral = d.referral AND l.verdict = 'reopened' AND l.position > d.position
    AND l.conversion IS NOT DISTINCT FROM d.conversion AND l.reward IS NOT DISTINCT FROM d.reward)
"""
_DENIED = f"SELECT d.conversion, d.reward FROM review_decision d WHERE d.referral = $1 AND {DENIED} ORDER BY d.position"  # noqa: S608


class About(NamedTuple):
    """What a decision is about after the referral was approved: a later order, or a reward."""

    conversion: UUID | None = None
    reward: UUID | None = None


# The referral itself.
WHOLE = About()


class ApprovedAlready(Refused):
    """The same member approved it before; another one has to."""


class OwnDecision(Refused):
    """Whoever refused it does not decide about the objection."""


class OwnEntry(Refused):
    """Whoever entered who recommended the friend does not approve it."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; ``name`` is None of a member who is gone."""

    verdict: Verdict
    category: Category | None
    at: datetime
    by: UUID
    name: str | None


async def record(
    *, referral: UUID, verdict: Verdict, by: UUID, at: datetime, category: Category | None = None, about: About = WHOLE
) -> None:
    """Write down what ``by`` decided; whoever calls holds the referral's row."""
    await ground.execute(_RECORD, uuid4(), referral, by, verdict, category, at, *about)


async def denied(*, referral: UUID) -> list[About]:
    """What was denied after ``referral`` was approved, and nobody took back."""
    return [About(**row) for row in await ground.fetch(_DENIED, referral)]


async def story(*, referral: UUID) -> list[Decided]:
    """Every decision about ``referral``, in order."""
    return [Decided(name=members.take(row), **row) for row in await ground.fetch(_STORY, referral)]


async def approve(*, referral: UUID, by: UUID, at: datetime) -> bool:
    """Write down that ``by`` approves; whether that is enough, or another member has to as well.

    Whoever calls holds the referral's row: of two at once the second sees the first. Raises ApprovedAlready, OwnEntry.
    """
    if await ground.fetch(_ENTERED, referral, by) and await _others(by):
        raise OwnEntry("errors.reviews.own_entry")
    before = await approved_by(referral=referral)
    if by in before:
        raise ApprovedAlready("errors.reviews.approved_already")
    await record(referral=referral, verdict="approved", by=by, at=at)
    return bool(before) or not await needs_two(referral=referral)


async def needs_two(*, referral: UUID) -> bool:
    """Whether an order of ``referral`` is above what one member approves alone in its program."""
    return bool(await ground.fetch(_NEEDS_TWO, referral))


async def require_another(*, referral: UUID, by: UUID) -> None:
    """Nothing, when ``by`` may look at it once more: whoever refused it does so only where nobody else can.

    Raises OwnDecision.
    """
    if by != await refused_by(referral=referral):
        return
    if await _others(by):
        raise OwnDecision("errors.reviews.own_decision")


async def _others(by: UUID) -> bool:
    """Whether another member could decide."""
    return any(each.enrolled and each.may(RIGHT) and each.id != by for each in await members.everybody())


async def approved_by(*, referral: UUID) -> set[UUID]:
    """Whose approvals stand: those since it was last refused or opened again."""
    return {row["member"] for row in await ground.fetch(_APPROVED, referral)}


async def refused_by(*, referral: UUID) -> UUID | None:
    """Who refused it last."""
    rows = await ground.fetch(_REFUSED, referral)
    return rows[0]["member"] if rows else None
