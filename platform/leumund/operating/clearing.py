"""Clear away sessions of operators that are over, and places whose window has ended.

The platform has no night of its own: whoever comes to the door clears up. Rows another one is at are left to them.
"""

from datetime import datetime

from leumund.kit import sitting
from leumund.operating.office import Desk

_SESSIONS = """
DELETE FROM operator_session WHERE id IN (
    SELECT id FROM operator_session WHERE ended_at IS NOT NULL OR created_at <= $1 OR seen_at <= $2
    FOR UPDATE SKIP LOCKED
)
"""
_PLACES = """
DELETE FROM operator_attempt WHERE id IN (
    SELECT id FROM operator_attempt WHERE ends_at <= $1 FOR UPDATE SKIP LOCKED
)
"""


async def clear(desk: Desk, *, at: datetime) -> None:
    """Delete what nobody can use any more. Who signed in when stays in the log."""
    await desk.connection.execute(_SESSIONS, at - sitting.ABSOLUTE, at - sitting.IDLE)
    await desk.connection.execute(_PLACES, at)
