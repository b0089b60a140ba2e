"""Find members: who somebody is, and who there is."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import faults
from leumund.staff import rules
from leumund.staff.tables import StaffMember


class MemberUnknown(faults.Unknown):
    """Nobody here has this id."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member as others see one: no secret is in it."""

    id: UUID
    email: str
    name: str
    role: str
    language: str
    enrolled: bool
    disabled_at: datetime | None

    def may(self, right: str) -> bool:
        """Whether this member may do ``right`` now."""
        return self.disabled_at is None and rules.may(self.role, right)


async def find(*, member: UUID) -> Member:
    """Raises MemberUnknown."""
    row = await StaffMember.select().where(StaffMember.id == member).first()
    if row is None:
        raise MemberUnknown("errors.staff.member_unknown")
    return seen(row)


async def everybody() -> list[Member]:
    """All members, by name."""
    return [seen(row) for row in await StaffMember.select().order_by(StaffMember.name, StaffMember.id)]


def seen(row: dict[str, Any]) -> Member:
    """A row of the table without its secrets."""
    enrolled = row["password_hash"] is not None and row["totp_sealed"] is not None
    return Member(enrolled=enrolled, **{name: row[name] for name in Member.__struct_fields__ if name != "enrolled"})
