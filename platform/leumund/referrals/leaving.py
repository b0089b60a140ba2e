"""Leave the program: nobody follows the link any more, while referrals that began and rewards go on as they were."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.programs import leaving

_LAY_DOWN = "UPDATE share_link SET retired_at = $2 WHERE advocate = $1 AND retired_at IS NULL"


async def leave(*, customer: UUID, actor: str, at: datetime) -> bool:
    """End taking part and lay the links down; whether there was anything to end. Joining anew takes them up again."""
    await ground.execute(_LAY_DOWN, customer, at)
    return await leaving.leave(customer=customer, actor=actor, at=at)
