"""Grant an operator sight of some rooms for some hours, with a code that was never used, or refuse.

A grant is a row of the company's own: no role of the platform can write it, and no two companies share one.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import sight
from leumund.kit.faults import Overtaken
from leumund.kit.sight import Asked
from leumund.staff import proving
from leumund.support.tables import SupportAccess


class AlreadyAnswered(Overtaken):
    """Somebody answered this meanwhile; their answer stands."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is granted of what was asked: all of it, or less."""

    rooms: list[str]
    hours: int


async def grant(*, asked: Asked, terms: Terms, by: UUID, code: str, at: datetime) -> bool:
    """Whether ``code`` is that of member ``by`` and new, and with it sight granted.

    It answers instead of raising, so that a counted failure is committed. Raises NoRooms, NoHours, AlreadyAnswered.
    """
    sight.check(rooms=terms.rooms, hours=terms.hours, among=asked.rooms, most=asked.hours)
    if not await proving.prove(member=by, code=code, at=at):
        return False
    rooms = [room for room in sight.ROOMS if room in terms.rooms]
    ends_at = at + timedelta(hours=terms.hours)
    await _answer(asked, rooms, by, at, ends_at)
    detail = {"operator": asked.operator_email, "rooms": rooms, "hours": terms.hours}
    await noting.note(actor=f"staff:{by}", action="support.granted", subject=asked.id, detail=detail, at=at)
    return True


async def refuse(*, asked: Asked, by: UUID, at: datetime) -> None:
    """Say no, for good: whoever still needs it asks anew. Raises AlreadyAnswered."""
    await _answer(asked, asked.rooms, by, at, None)
    detail = {"operator": asked.operator_email}
    await noting.note(actor=f"staff:{by}", action="support.refused", subject=asked.id, detail=detail, at=at)


async def _answer(asked: Asked, rooms: list[str], by: UUID, at: datetime, ends_at: datetime | None) -> None:
    row = SupportAccess(
        request=asked.id,
        operator=asked.operator,
        operator_email=asked.operator_email,
        reason=asked.reason,
        rooms=rooms,
        answered_by=by,
        answered_at=at,
        ends_at=ends_at,
    )
    if not await SupportAccess.insert(row).on_conflict(target=SupportAccess.request, action="DO NOTHING"):
        raise AlreadyAnswered("errors.support.already_answered", field="form")
