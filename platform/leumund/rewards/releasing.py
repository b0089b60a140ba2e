"""Release a reward when its hold is over: what was expected becomes the person's own."""

from datetime import datetime
from secrets import choice
from uuid import UUID

from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.customers.records import finding
from leumund.kit import ground, twins
from leumund.kit.faults import Unknown
from leumund.messages import sending
from leumund.rewards import booking, granting, holding, moving, owing, rules
from leumund.rewards.tables import Reward

_DUE = "SELECT referral FROM reward WHERE id = $1 AND state = 'pending' AND hold_until <= $2"
_VOUCHER_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_VOUCHER_LENGTH = 12
# Whether we draw the code ourselves: not where the company pays vouchers another way, or brought codes of this worth.
_OURS = """
SELECT NOT EXISTS (SELECT FROM payout_way WHERE kind = 'voucher' AND way <> 'voucher')
   AND NOT EXISTS (SELECT FROM voucher_pool WHERE currency = $1 AND cents = $2) AS ours
"""


class RewardUnknown(Unknown):
    """There is no such reward."""


class StillHeld(Exception):
    """The hold is not over; the job comes again."""


async def release(*, reward: UUID, at: datetime) -> None:
    """Approve the reward, once; one that was canceled meanwhile stays so, and one in doubt waits for a person.

    Raises RewardUnknown, StillHeld.
    """
    due = await ground.fetch(_DUE, reward, at)
    if due and await holding.holds(referral=due[0]["referral"], at=at):
        return
    row = await Reward.objects().where(Reward.id == reward).lock_rows("NO KEY UPDATE").first()
    if row is None:
        raise RewardUnknown("errors.rewards.reward_unknown")
    if not rules.may_become(row.state, "approved") or row.doubt:
        return
    if at < row.hold_until:
        raise StillHeld(str(reward))
    code = await _code(row) if row.kind == "voucher" else None
    await moving.move(reward=row.id, to="approved", voucher_code=code, at=at)
    owed = await owing.owed(rewards=[row.id])
    await booking.released(granting.worth_of(row, owed_cents=owed[row.id]), at=at)
    await _tell(row, at)


async def _tell(row: Reward, at: datetime) -> None:
    person, company = await finding.known(customer=row.beneficiary), await describing.profile()
    language = company_rules.language_for(person.language, spoken=company.languages)
    await sending.queue(kind="reward_released", customer=person.id, subject_id=row.id, language=language, at=at)


async def _code(row: Reward) -> str | None:
    """A code drawn by lot; None where one comes with a payout."""
    if not (await ground.fetch(_OURS, row.currency, row.cents))[0]["ours"]:
        return None
    begins = twins.CODES if ground.current().is_twin else ""
    return begins + "".join(choice(_VOUCHER_ALPHABET) for _ in range(_VOUCHER_LENGTH))
