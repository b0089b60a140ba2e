"""Clear away codes that nobody can type in any more; a nightly job."""

from datetime import datetime

from leumund.kit import ground


async def clear(*, at: datetime) -> None:
    """Delete what is used or has run out, and with it what was written beside it."""
    await ground.execute("DELETE FROM rights_proof WHERE proven_at IS NOT NULL OR expires_at <= $1", at)
