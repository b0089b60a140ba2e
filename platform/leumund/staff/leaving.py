"""An owner says that the company leaves: with a second factor, in the company's own rows, where no operator can write.

The word holds for seven days and can be taken back. Without it an operator erases only after the time in which
everything can be undone.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.staff import proving
from leumund.staff.tables import LeavingRequest

HOLDS = timedelta(days=7)
_STANDING = """
SELECT request.id, request.member, request.at_once, request.asked_at FROM leaving_request request
JOIN staff_member member ON member.id = request.member
WHERE request.withdrawn_at IS NULL AND request.asked_at > $1 AND request.asked_at <= $2
  AND member.disabled_at IS NULL AND member.role = 'owner'
ORDER BY request.asked_at DESC LIMIT 1
"""
_WITHDRAW = "UPDATE leaving_request SET withdrawn_at = $1 WHERE withdrawn_at IS NULL AND asked_at > $2 RETURNING id"


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What ``member`` asked for; ``at_once`` is without the time in which it could be undone."""

    id: UUID
    member: UUID
    at_once: bool
    asked_at: datetime

    @property
    def holds_until(self) -> datetime:
        return self.asked_at + HOLDS


async def ask(*, at_once: bool, by: UUID, code: str, at: datetime) -> bool:
    """Whether ``code`` is that of owner ``by`` and new, and with it their word given.

    It answers instead of raising, so that a counted failure is committed.
    """
    if not await proving.prove(member=by, code=code, at=at):
        return False
    await _withdraw(at)
    await LeavingRequest.insert(LeavingRequest(member=by, at_once=at_once, asked_at=at))
    detail = {"at_once": at_once}
    await noting.note(actor=f"staff:{by}", action="company.leaving_asked", detail=detail, at=at)
    return True


async def withdraw(*, by: UUID, at: datetime) -> None:
    """Take the word back; where none stands nothing happens."""
    if await _withdraw(at):
        await noting.note(actor=f"staff:{by}", action="company.leaving_withdrawn", at=at)


async def standing(*, at: datetime) -> Word | None:
    """The word that holds at ``at``, while whoever gave it is an owner."""
    rows = await ground.fetch(_STANDING, at - HOLDS, at)
    return Word(**rows[0]) if rows else None


async def _withdraw(at: datetime) -> bool:
    return bool(await ground.fetch(_WITHDRAW, at, at - HOLDS))
