"""Release a reward when its hold is over: what was expected becomes the person's own."""

from datetime import datetime
from secrets import choice
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.messages import sending
from leumund.rewards import booking, granting, moving, rules
from leumund.rewards.tables import Reward

_VOUCHER_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_VOUCHER_LENGTH = 12


class StillHeld(Exception):
    """The hold is not over; the job comes again."""


async def release(*, reward: UUID, at: datetime) -> None:
    """Approve the reward, once; one that was canceled meanwhile stays so. Raises StillHeld."""
    row = await Reward.objects().where(Reward.id == reward).lock_rows("NO KEY UPDATE").first()
    if row is None or not rules.may_become(row.state, "approved"):
        return
    if at < row.hold_until:
        raise StillHeld(str(reward))
    code = "".join(choice(_VOUCHER_ALPHABET) for _ in range(_VOUCHER_LENGTH)) if row.kind == "voucher" else None
    await moving.move(reward=row.id, to="approved", voucher_code=code, at=at)
    await booking.released(granting.worth_of(row), at=at)
    await _tell(row, at)


async def _tell(row: Reward, at: datetime) -> None:
    language = await _language(row.beneficiary)
    await sending.queue(kind="reward_released", customer=row.beneficiary, subject_id=row.id, language=language, at=at)


async def _language(customer: UUID) -> str:
    """The person's own where the company speaks it, else the company's first."""
    rows = await ground.fetch(
        "SELECT coalesce(c.language, '') AS wished, p.languages FROM company_profile p, customer c WHERE c.id = $1",
        customer,
    )
    spoken: list[str] = msgspec.json.decode(rows[0]["languages"])
    wished: str = rows[0]["wished"]
    return wished if wished in spoken else spoken[0]
