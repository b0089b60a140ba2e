"""Release a reward when its hold is over: what was expected becomes the person's own."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.customers.records import finding
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.messages import sending
from leumund.rewards import booking, drawing, granting, holding, moving, owing, rules
from leumund.rewards.tables import Reward

_DUE = "SELECT referral FROM reward WHERE id = $1 AND state = 'pending' AND (hold_until <= $2 OR $3)"


class RewardUnknown(Unknown):
    """There is no such reward."""


class StillHeld(Exception):
    """The hold is not over; the job comes again."""


async def release(*, reward: UUID, at: datetime) -> None:
    """Approve the reward, once; one that was canceled meanwhile stays so, and one in doubt waits for a person.

    Raises RewardUnknown, StillHeld.
    """
    await _release(reward, at, early=False)


async def release_early(*, reward: UUID, actor: str, at: datetime) -> bool:
    """As ``release``, before the hold is over: whoever tries things out does not wait for weeks; false where a person
    has to look first, or it does not wait any more.

    Only of a test company: raises RewardUnknown in any other one.
    """
    if not ground.current().is_twin:
        raise RewardUnknown("errors.rewards.reward_unknown")
    if not await _release(reward, at, early=True):
        return False
    await noting.note(actor=actor, action="reward.released_early", subject=reward, at=at)
    return True


async def _release(reward: UUID, at: datetime, *, early: bool) -> bool:
    due = await ground.fetch(_DUE, reward, at, early)
    if due and await holding.holds(referral=due[0]["referral"], at=at):
        return False
    row = await Reward.objects().where(Reward.id == reward).lock_rows("NO KEY UPDATE").first()
    if row is None:
        raise RewardUnknown("errors.rewards.reward_unknown")
    if not rules.may_become(row.state, "approved") or row.doubt:
        return False
    if at < row.hold_until and not early:
        raise StillHeld(str(reward))
    code = drawing.code() if row.kind == "voucher" and await drawing.is_chosen() else None
    await moving.move(reward=row.id, to="approved", voucher_code=code, at=at)
    owed = await owing.owed(rewards=[row.id])
    await booking.released(granting.worth_of(row, owed_cents=owed[row.id]), at=at)
    await _tell(row, at)
    return True


async def _tell(row: Reward, at: datetime) -> None:
    person, company = await finding.known(customer=row.beneficiary), await describing.profile()
    language = company_rules.language_for(person.language, spoken=company.languages)
    await sending.queue(kind="reward_released", customer=person.id, subject_id=row.id, language=language, at=at)
