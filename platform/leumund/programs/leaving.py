"""Leave: a person ends taking part, at once and without a reason; what they earned stays theirs."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground

_END = """
UPDATE participation SET ended_at = $2 WHERE customer = $1 AND ended_at IS NULL RETURNING program, confirmed_at
"""


async def leave(*, customer: UUID, actor: str, at: datetime) -> bool:
    """End every participation of ``customer``, one that waits for its confirmation too; whether there was any."""
    ended = await ground.fetch(_END, customer, at)
    if any(row["confirmed_at"] for row in ended):
        await noting.note(actor=actor, action="program.left", subject=customer, at=at)
    return bool(ended)
