"""Clear away sessions of staff that are over, and places that may try again; a nightly job.

Who signed in when stays in the audit log.
"""

from datetime import datetime

from leumund.kit import ground, sitting


async def clear(*, at: datetime) -> None:
    """Delete what nobody can use any more."""
    await ground.execute(
        "DELETE FROM staff_session WHERE ended_at IS NOT NULL OR created_at <= $1 OR seen_at <= $2",
        at - sitting.ABSOLUTE,
        at - sitting.IDLE,
    )
    await ground.execute("DELETE FROM staff_attempt WHERE ends_at <= $1", at)
