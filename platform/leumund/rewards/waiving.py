"""A person decides what no rule should: grant after all what waits, keep or take back a milestone that was lost."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.kit.faults import Overtaken, Refused
from leumund.rewards import attributing, booking, deciding, granting, moving, owing, reducing, renewing, rules
from leumund.rewards.attributing import Due
from leumund.rewards.deciding import ApprovedAlready, Category
from leumund.rewards.granting import BudgetSpent, NothingEarned
from leumund.rewards.renewing import LimitReached
from leumund.rewards.tables import Reward

_WHOSE = "SELECT customer FROM conversion WHERE id = $1"
_IN_DOUBT = f"""
SELECT c.approved_by, {deciding.TWO} AS needs_two
FROM conversion c JOIN program p ON p.id = c.program
WHERE c.id = $1 AND c.doubt IS NOT NULL FOR NO KEY UPDATE OF c
"""  # noqa: S608 - ours alone
_NEITHER = "UPDATE conversion SET doubt = NULL WHERE id = $1 AND doubt IS NOT NULL"


class NotInDoubt(Overtaken):
    """Somebody decided already, or nothing waits for a decision."""


class BudgetTooSmall(Refused):
    """The program's budget does not reach for this."""


class NothingToGrant(Refused):
    """No rule that was promised is met any more: to approve would promise people what nobody grants them."""


async def grant_after_all(*, conversion: UUID, by: UUID, at: datetime) -> list[UUID]:
    """Grant what a later conversion of an approved referral earned.

    Nothing yet where the order is so large that another member has to approve it too, and it waits for them. Raises
    NotInDoubt, BudgetTooSmall, NothingToGrant, deciding.ApprovedAlready.
    """
    for row in await ground.fetch(_WHOSE, conversion):
        await attributing.hold(friend=row["customer"])
    rows = await ground.fetch(_IN_DOUBT, conversion)
    if not rows:
        raise NotInDoubt("errors.rewards.not_in_review")
    if rows[0]["needs_two"] and await _is_first(conversion, rows[0]["approved_by"], by, at):
        return []
    due = await attributing.counted(conversion=conversion)
    assert due is not None, "it counts for a referral, since it is in doubt"
    if due.stands != "approved":
        raise NotInDoubt("errors.rewards.not_in_review")
    try:
        granted = await _granted(due, at)
    except BudgetSpent:
        raise BudgetTooSmall("errors.rewards.budget_too_small") from None
    except (NothingEarned, LimitReached):
        raise NothingToGrant("errors.rewards.nothing_to_grant") from None
    await ground.execute("UPDATE conversion SET doubt = NULL WHERE id = $1", conversion)
    await noting.note(actor=f"staff:{by}", action="conversion.granted", subject=conversion, at=at)
    return granted


async def let_be(*, conversion: UUID, by: UUID, at: datetime, why: Category = "other") -> None:
    """Grant nothing for a conversion in doubt; what its referral earned before stands. Raises NotInDoubt."""
    if not await ground.execute(_NEITHER, conversion):
        raise NotInDoubt("errors.rewards.not_in_review")
    detail = {"reason": why}
    await noting.note(actor=f"staff:{by}", action="conversion.let_be", subject=conversion, detail=detail, at=at)


async def keep(*, reward: UUID, by: UUID, at: datetime) -> None:
    """Let a reward in doubt go on its way. Raises NotInDoubt."""
    row = await _locked(reward)
    await ground.execute("UPDATE reward SET doubt = NULL WHERE id = $1", reward)
    if row.state == "pending":
        await outbox.enqueue(kind="rewards.release", subject=reward, due_at=max(at, row.hold_until))
    await noting.note(actor=f"staff:{by}", action="reward.kept", subject=reward, at=at)


async def take_back(*, reward: UUID, by: UUID, at: datetime, why: Category = "other") -> None:
    """Take back a reward in doubt: canceled before its release, clawed back after it. Raises NotInDoubt."""
    row = await _locked(reward)
    await ground.execute("UPDATE reward SET doubt = NULL WHERE id = $1", reward)
    worth = granting.worth_of(row, owed_cents=(await owing.owed(rewards=[reward]))[reward])
    if rules.may_become(row.state, "canceled"):
        await moving.move(reward=reward, to="canceled", reason="milestone_lost", at=at)
    else:
        await owing.take(reward=reward, cents=worth.cents, refund=None, at=at)
    await (booking.canceled if row.state == "pending" else booking.clawed_back)(worth, at=at)
    await noting.note(actor=f"staff:{by}", action="reward.taken_back", subject=reward, detail={"reason": why}, at=at)


async def _granted(due: Due, at: datetime) -> list[UUID]:
    """What it earns; or what it had before it was given back, where that could not be granted anew."""
    refund = await renewing.is_due(conversion=due.conversion)
    if refund is None:
        return await granting.grant(due=due, at=at)
    stands = await reducing.reckon(conversion=due.conversion, at=at)
    return await renewing.renew_all(conversion=due.conversion, stands=stands, refund=refund, at=at)


async def _is_first(conversion: UUID, before: UUID | None, by: UUID, at: datetime) -> bool:
    """Whether ``by`` is the first of two to approve it, which is written down. Raises deciding.ApprovedAlready."""
    if before == by:
        raise ApprovedAlready("errors.reviews.approved_already")
    if before is not None:
        return False
    await ground.execute("UPDATE conversion SET approved_by = $2 WHERE id = $1", conversion, by)
    await noting.note(actor=f"staff:{by}", action="conversion.approved_first", subject=conversion, at=at)
    return True


async def _locked(reward: UUID) -> Reward:
    row = await Reward.objects().where(Reward.id == reward).lock_rows("NO KEY UPDATE").first()
    if row is None or row.doubt is None:
        raise NotInDoubt("errors.rewards.not_in_review")
    return row
