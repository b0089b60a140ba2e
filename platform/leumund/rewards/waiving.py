"""A person decides what no rule should: grant after all what waits, keep or take back a milestone that was lost."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.kit.faults import Overtaken, Refused
from leumund.rewards import attributing, booking, deciding, granting, moving, owing, reducing, refusing, renewing, rules
from leumund.rewards.attributing import Due
from leumund.rewards.deciding import About, ApprovedAlready, Category
from leumund.rewards.granting import BudgetSpent, NothingEarned
from leumund.rewards.judging import units
from leumund.rewards.renewing import LimitReached
from leumund.rewards.tables import Reward

_WHOSE = "SELECT customer FROM conversion WHERE id = $1"
_IN_DOUBT = f"""
SELECT c.approved_by, {deciding.TWO} AS needs_two
FROM conversion c JOIN program p ON p.id = c.program
WHERE c.id = $1 AND c.doubt IS NOT NULL FOR NO KEY UPDATE OF c
"""  # noqa: S608 - ours alone
_NEITHER = "UPDATE conversion SET doubt = NULL WHERE id = $1 AND doubt IS NOT NULL RETURNING referral"
# What was given back meanwhile earns nothing any more.
_IN_DOUBT_AGAIN = """
UPDATE conversion SET doubt = 'objected', approved_by = NULL WHERE id = $1 AND doubt IS NULL AND refunded_at IS NULL
RETURNING id
"""
_TAKEN = f"""
SELECT {owing.LEFT} AS owed_cents,
       coalesce((SELECT sum(d.cents) FROM reward_reduction d WHERE d.reward = w.id AND d.refund IS NULL), 0)::bigint
           AS taken_cents
FROM reward w WHERE w.id = $1
"""  # noqa: S608 - ours alone
# In what a reward that is granted again is like the one that was lost.
_LIKE = (
    *("program", "version", "referral", "conversion", "rule", "side", "beneficiary", "kind", "currency"),
    *("hold_until", "reason"),
)


class NotInDoubt(Overtaken):
    """Somebody decided already, or nothing waits for a decision."""


class NothingDenied(Overtaken):
    """Nothing of it was denied, or it was taken back."""


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


async def let_be(*, conversion: UUID, by: UUID, at: datetime, why: Category) -> None:
    """Grant nothing for a conversion in doubt, and tell whom it would have paid; what was earned before stands.

    Raises NotInDoubt, refusing.NoReason.
    """
    rows = await ground.fetch(_NEITHER, conversion)
    if not rows:
        raise NotInDoubt("errors.rewards.not_in_review")
    about = About(conversion=conversion)
    await refusing.deny(referral=rows[0]["referral"], about=about, category=why, by=by, at=at)
    detail = {"reason": why}
    await noting.note(actor=f"staff:{by}", action="conversion.let_be", subject=conversion, detail=detail, at=at)


async def keep(*, reward: UUID, by: UUID, at: datetime) -> None:
    """Let a reward in doubt go on its way. Raises NotInDoubt."""
    row = await _locked(reward)
    await ground.execute("UPDATE reward SET doubt = NULL WHERE id = $1", reward)
    if row.state == "pending":
        await outbox.enqueue(kind="rewards.release", subject=reward, due_at=max(at, row.hold_until))
    await noting.note(actor=f"staff:{by}", action="reward.kept", subject=reward, at=at)


async def take_back(*, reward: UUID, by: UUID, at: datetime, why: Category) -> None:
    """Take back a reward in doubt, and tell whose it is: canceled before its release, clawed back after it.

    Raises NotInDoubt, refusing.NoReason.
    """
    row = await _locked(reward)
    await ground.execute("UPDATE reward SET doubt = NULL WHERE id = $1", reward)
    worth = granting.worth_of(row, owed_cents=(await owing.owed(rewards=[reward]))[reward])
    if rules.may_become(row.state, "canceled"):
        await moving.move(reward=reward, to="canceled", reason="milestone_lost", at=at)
    else:
        await owing.take(reward=reward, cents=worth.cents, refund=None, at=at)
    await (booking.canceled if row.state == "pending" else booking.clawed_back)(worth, at=at)
    await refusing.deny(referral=row.referral, about=About(reward=reward), category=why, by=by, at=at)
    await noting.note(actor=f"staff:{by}", action="reward.taken_back", subject=reward, detail={"reason": why}, at=at)


async def reconsider(*, referral: UUID, by: UUID, at: datetime) -> bool:
    """Grant after all what was denied after ``referral`` was approved, since somebody objected and was right.

    False where another member has to approve an order too, which waits for them. Raises NothingDenied, BudgetTooSmall,
    NothingToGrant.
    """
    rows = await ground.fetch("SELECT friend FROM referral WHERE id = $1", referral)
    await attributing.hold(friend=rows[0]["friend"])
    await ground.execute("SELECT FROM referral WHERE id = $1 FOR NO KEY UPDATE", referral)
    denied, done = await deciding.denied(referral=referral), True
    if not denied:
        raise NothingDenied("errors.reviews.not_refused")
    for about in denied:
        await deciding.record(referral=referral, verdict="reopened", by=by, at=at, about=about)
        if about.reward is not None:
            await _grant_again(about.reward, by, at)
        elif about.conversion is not None and await ground.fetch(_IN_DOUBT_AGAIN, about.conversion):
            done = bool(await grant_after_all(conversion=about.conversion, by=by, at=at)) and done
    return done


async def _grant_again(reward: UUID, by: UUID, at: datetime) -> None:
    """A reward like the one that was taken back, of what was taken: none that stands is changed."""
    lost = await Reward.objects().get(Reward.id == reward)
    assert lost is not None, "nobody deletes one"
    budget_cents = await granting.locked_budget(program=lost.program)
    gone = lost.state == "canceled"
    (row,) = await ground.fetch(_TAKEN, reward)
    cents = row["owed_cents"] if gone else row["taken_cents"]
    spent = await booking.spent(program=lost.program, currency=lost.currency)
    if lost.currency != units.UNIT and spent + cents > budget_cents:
        raise BudgetTooSmall("errors.rewards.budget_too_small")
    again = Reward(**{name: getattr(lost, name) for name in _LIKE})
    again.id, again.cents, again.state, again.granted_at = uuid4(), cents, "pending", at
    again.once, again.milestone = lost.once and gone, lost.milestone if gone else None
    again.tops_up = None if gone else lost.id
    await Reward.insert(again)
    await booking.granted(granting.worth_of(again), at=at)
    await outbox.enqueue(kind="rewards.release", subject=again.id, due_at=max(at, again.hold_until))
    await noting.note(actor=f"staff:{by}", action="reward.kept", subject=again.id, at=at)


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
