"""Clear away links into the portal and sessions in it that are over; a nightly job."""

from datetime import datetime

from leumund.kit import ground, sitting


async def clear(*, at: datetime) -> None:
    """Delete what nobody can use any more."""
    await ground.execute("DELETE FROM customer_login WHERE used_at IS NOT NULL OR expires_at <= $1", at)
    await ground.execute(
        "DELETE FROM customer_session WHERE ended_at IS NOT NULL OR created_at <= $1 OR seen_at <= $2",
        at - sitting.ABSOLUTE,
        at - sitting.IDLE,
    )
