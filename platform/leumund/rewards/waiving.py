"""A person decides what no rule should: grant after all what waits, keep or take back a milestone that was lost."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.kit.faults import Overtaken, Refused
from leumund.rewards import attributing, booking, granting, moving, owing, rules
from leumund.rewards.granting import BudgetSpent, NothingEarned
from leumund.rewards.tables import Reward

_IN_DOUBT = "SELECT customer FROM conversion WHERE id = $1 AND doubt IS NOT NULL FOR NO KEY UPDATE"


class NotInDoubt(Overtaken):
    """Somebody decided already, or nothing waits for a decision."""


class BudgetTooSmall(Refused):
    """The program's budget does not reach for this."""


class NothingToGrant(Refused):
    """No rule that was promised is met any more: to approve would promise people what nobody grants them."""


async def grant_after_all(*, conversion: UUID, by: UUID, at: datetime) -> list[UUID]:
    """Grant what a later conversion of an approved referral earned.

    Raises NotInDoubt, BudgetTooSmall, NothingToGrant.
    """
    rows = await ground.fetch(_IN_DOUBT, conversion)
    if not rows:
        raise NotInDoubt("errors.rewards.not_in_review")
    await attributing.hold(friend=rows[0]["customer"])
    due = await attributing.counted(conversion=conversion)
    assert due is not None, "it counts for a referral, since it is in doubt"
    try:
        granted = await granting.grant(due=due, at=at)
    except BudgetSpent:
        raise BudgetTooSmall("errors.rewards.budget_too_small") from None
    except NothingEarned:
        raise NothingToGrant("errors.rewards.nothing_to_grant") from None
    await ground.execute("UPDATE conversion SET doubt = NULL WHERE id = $1", conversion)
    await noting.note(actor=f"staff:{by}", action="conversion.granted", subject=conversion, at=at)
    return granted


async def let_be(*, conversion: UUID, by: UUID, at: datetime) -> None:
    """Grant nothing for a conversion in doubt; what its referral earned before stands. Raises NotInDoubt."""
    if not await ground.execute("UPDATE conversion SET doubt = NULL WHERE id = $1 AND doubt IS NOT NULL", conversion):
        raise NotInDoubt("errors.rewards.not_in_review")
    await noting.note(actor=f"staff:{by}", action="conversion.let_be", subject=conversion, at=at)


async def keep(*, reward: UUID, by: UUID, at: datetime) -> None:
    """Let a reward in doubt go on its way. Raises NotInDoubt."""
    row = await _locked(reward)
    await ground.execute("UPDATE reward SET doubt = NULL WHERE id = $1", reward)
    if row.state == "pending":
        await outbox.enqueue(kind="rewards.release", subject=reward, due_at=max(at, row.hold_until))
    await noting.note(actor=f"staff:{by}", action="reward.kept", subject=reward, at=at)


async def take_back(*, reward: UUID, by: UUID, at: datetime) -> None:
    """Take back a reward in doubt: canceled before its release, clawed back after it. Raises NotInDoubt."""
    row = await _locked(reward)
    await ground.execute("UPDATE reward SET doubt = NULL WHERE id = $1", reward)
    if rules.may_become(row.state, "canceled"):
        await moving.move(reward=reward, to="canceled", reason="milestone_lost", at=at)
    worth = granting.worth_of(row, owed_cents=(await owing.owed(rewards=[reward]))[reward])
    take = booking.canceled if row.state == "pending" else booking.clawed_back
    await take(worth, at=at)
    await noting.note(actor=f"staff:{by}", action="reward.taken_back", subject=reward, at=at)


async def _locked(reward: UUID) -> Reward:
    row = await Reward.objects().where(Reward.id == reward).lock_rows("NO KEY UPDATE").first()
    if row is None or row.doubt is None:
        raise NotInDoubt("errors.rewards.not_in_review")
    return row
