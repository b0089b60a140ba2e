"""Reopen the way to whoever says yes anew: a stop of their own is lifted, and the log tells of it; no other stop is."""

from datetime import datetime

from leumund.audit import noting
from leumund.consent.evidence.recording import Said
from leumund.consent.stopping import suppressing


async def reopen(*, said: Said, address_hash: str, actor: str, reason: str, at: datetime) -> None:
    """Lift what a withdrawal stopped before ``said`` was said; ``at`` is now, ``reason`` a word for the log."""
    lifted = await suppressing.lift(
        address_hash=address_hash, purpose=said.purpose, channel=said.channel, said_at=said.at
    )
    if lifted:
        detail = {"purpose": said.purpose, "channel": said.channel, "reason": reason}
        await noting.note(actor=actor, action="consent.suppression_lifted", subject=said.customer, detail=detail, at=at)
