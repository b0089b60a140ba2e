"""Forget who asked to take part and never confirmed it; a nightly job."""

from datetime import datetime

from leumund.consent import rules
from leumund.kit import ground


async def clear(*, at: datetime) -> None:
    """Delete what waited in vain for as long as its request is kept: the mail that asked has promised it."""
    await ground.execute(
        "DELETE FROM participation WHERE confirmed_at IS NULL AND requested_at <= $1", at - rules.FORGET_AFTER
    )
