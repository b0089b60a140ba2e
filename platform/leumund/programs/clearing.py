"""Forget who asked to take part and never confirmed it; a nightly job."""

from datetime import datetime

from leumund.kit import ground


async def clear(*, before: datetime) -> None:
    """Delete what was asked until ``before`` and waited in vain: the mail that asked has promised it."""
    await ground.execute("DELETE FROM participation WHERE confirmed_at IS NULL AND requested_at <= $1", before)
