"""Change what a member may do, from the next request on; the company never loses its last owner."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import faults, ground
from leumund.staff import members, rules, sessions
from leumund.staff.inviting import RoleUnknown
from leumund.staff.tables import StaffMember

# Locked in one order, so that two owners who demote each other at once do not both succeed.
_OWNERS = """
SELECT id FROM staff_member
WHERE role = 'owner' AND disabled_at IS NULL AND password_hash IS NOT NULL ORDER BY id FOR UPDATE
"""


class LastOwner(faults.Refused):
    """Nobody could manage the company any more."""


async def change_role(*, member: UUID, role: str, actor: str, at: datetime) -> None:
    """Give ``member`` another role. Raises RoleUnknown, MemberUnknown, LastOwner."""
    if role not in rules.ROLES:
        raise RoleUnknown("errors.staff.role_unknown", field="role", role=role)
    before = await members.find(member=member)
    if role != rules.OWNER:
        await _leave_an_owner(member)
    await StaffMember.update(role=role).where(StaffMember.id == member)
    detail = {"from": before.role, "to": role}
    await noting.note(actor=actor, action="staff.role_changed", subject=member, detail=detail, at=at)


async def disable(*, member: UUID, actor: str, at: datetime) -> None:
    """Shut an account and end its sessions. Raises MemberUnknown, LastOwner."""
    await members.find(member=member)
    await _leave_an_owner(member)
    await StaffMember.update(disabled_at=at).where(StaffMember.id == member)
    await sessions.end_all(member=member, at=at)
    await noting.note(actor=actor, action="staff.disabled", subject=member, at=at)


async def _leave_an_owner(member: UUID) -> None:
    owners = {row["id"] for row in await ground.fetch(_OWNERS)}
    if owners == {member}:
        raise LastOwner("errors.staff.last_owner")
