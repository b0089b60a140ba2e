"""End a grant before its time, as an owner or as the operator it was given: no read begins after this has committed."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground
from leumund.support import answers

# An owner ends anybody's, an operator their own.
_END = """
UPDATE support_access SET ended_at = $2, ended_by = $3
WHERE request = $1 AND ended_at IS NULL AND ends_at > $2 AND operator = coalesce($4, operator) RETURNING operator_email
"""


async def end(*, request: UUID, by: UUID, at: datetime) -> None:
    """End it now; what has ended already stays as it ended. Raises AnswerUnknown."""
    if not await _end(request, "support.ended", f"staff:{by}", None, at):
        await answers.find(request=request)


async def hand_back(*, request: UUID, operator: UUID, at: datetime) -> bool:
    """End what ``operator`` was granted; False where it has ended already. Raises AnswerUnknown, also of another's."""
    if await _end(request, "support.handed_back", f"operator:{operator}", operator, at):
        return True
    if (await answers.find(request=request)).operator != operator:
        raise answers.AnswerUnknown("errors.support.request_unknown")
    return False


async def _end(request: UUID, action: str, actor: str, operator: UUID | None, at: datetime) -> bool:
    ended = await ground.fetch(_END, request, at, actor, operator)
    if ended:
        detail = {"operator": ended[0]["operator_email"]}
        await noting.note(actor=actor, action=action, subject=request, detail=detail, at=at)
    return bool(ended)
