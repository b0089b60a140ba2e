"""What comes of an event that was told: it qualifies its referral, or earns again for one that is approved."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.referrals import moving
from leumund.referrals.signs import looking
from leumund.rewards import attributing, granting, rules
from leumund.rewards.attributing import Due
from leumund.rewards.granting import Judged

_COUNT = "UPDATE conversion SET referral = $2, program = $3, doubt = $4 WHERE id = $1"


async def earn(*, conversion: UUID, at: datetime) -> None:
    """Judge the conversion for its friend's referrals, the first sign-up first, until it counts for one.

    What each rule said is kept, of the referrals it does not count for too.
    """
    for due in await attributing.candidates(conversion=conversion):
        judged = await granting.judge(due=due, at=at)
        await granting.keep(judged=judged, at=at)
        if judged.passed:
            return await _count(judged, at)
    return None


async def _count(judged: Judged, at: datetime) -> None:
    due = judged.due
    if due.stands == "attributed":
        await _link(due)
        await _qualify(judged, at)
    elif due.stands == "approved":
        doubt = _doubt(judged)
        await _link(due, doubt)
        if doubt is None:
            await granting.pay(judged=judged, at=at)
    else:
        # It is granted, judged anew, with all that counts for the referral when a person approves it.
        await _link(due)


async def _link(due: Due, doubt: str | None = None) -> None:
    await ground.execute(_COUNT, due.conversion, due.referral, due.offer.id, doubt)


async def _qualify(judged: Judged, at: datetime) -> None:
    """Approve and grant, or leave it to a person: whatever is in doubt, or a budget that does not reach."""
    due = judged.due
    await moving.move(referral=due.referral, to="qualified", at=at)
    waits = await looking.look(referral=due.referral, large_order=_is_large(due), at=at)
    if not waits and not judged.within_budget:
        await looking.note_budget(referral=due.referral, at=at)
        waits = True
    if not waits:
        await granting.pay(judged=judged, at=at)
    await moving.move(referral=due.referral, to="in_review" if waits else "approved", at=at)


def _doubt(judged: Judged) -> str | None:
    """Why a person has to look at a later event of an approved referral; None when nobody has to."""
    if _is_large(judged.due):
        return "large_order"
    return None if judged.within_budget else "budget"


def _is_large(due: Due) -> bool:
    return rules.needs_review(due.offer, order_cents=due.event.cents)
