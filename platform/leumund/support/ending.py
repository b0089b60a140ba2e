"""End a grant before its time: no read begins after this has committed."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground
from leumund.support import answers

_END = """
UPDATE support_access SET ended_at = $2, ended_by = $3
WHERE request = $1 AND ended_at IS NULL AND ends_at > $2 RETURNING operator_email
"""


async def end(*, request: UUID, by: UUID, at: datetime) -> None:
    """End it now; what has ended already stays as it ended. Raises AnswerUnknown."""
    ended = await ground.fetch(_END, request, at, f"staff:{by}")
    if not ended:
        await answers.find(request=request)
        return
    detail = {"operator": ended[0]["operator_email"]}
    await noting.note(actor=f"staff:{by}", action="support.ended", subject=request, detail=detail, at=at)
