"""Invite a member: the account exists, and waits 72 hours for its person to choose a password and a second factor.

The link names a random id of which only the digest is stored, so inviting again makes every older link worthless.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import faults, mailboxes, tokens
from leumund.staff import members, rules
from leumund.staff.tables import StaffMember


class AddressTaken(faults.Refused):
    """Somebody works here under this address already."""


class AddressInvalid(faults.Refused):
    """No mail could reach this."""


class RoleUnknown(faults.Refused):
    """There is no such role."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A member who may enrol; ``enrolment`` is what the link is signed for."""

    member: UUID
    enrolment: UUID


async def invite(*, email: str, name: str, role: str, language: str, actor: str, at: datetime) -> Invitation:
    """Make an account for a person not yet here. Raises AddressTaken, AddressInvalid, RoleUnknown."""
    for fault in objections(email=email, role=role):
        raise fault
    member, address = uuid4(), mailboxes.normal(email)
    assert address is not None, "what no mail could reach was objected to"
    kept = members.sealed(member=member, name=name.strip() or address, email=address)
    row = StaffMember(id=member, role=role, language=language, created_at=at, **kept)
    made = await StaffMember.insert(row).on_conflict(target=StaffMember.email_hash, action="DO NOTHING")
    if not made:
        raise AddressTaken("errors.staff.address_taken", field="email", email=address)
    await noting.note(actor=actor, action="staff.invited", subject=member, detail={"role": role}, at=at)
    return await _open_enrolment(member, at)


def objections(*, email: str, role: str) -> Iterator[faults.Refused]:
    """All that is wrong with an invitation before anybody is looked up: AddressInvalid, RoleUnknown."""
    if role not in rules.ROLES:
        yield RoleUnknown("errors.staff.role_unknown", field="role", role=role)
    if mailboxes.normal(email) is None:
        yield AddressInvalid("errors.staff.address_invalid", field="email")


async def invite_again(*, member: UUID, actor: str, at: datetime) -> Invitation:
    """A new link for somebody whose link ran out, or whose password or telephone is lost; the older ones die.

    The password and second factor in use stay good until the new ones are chosen, except where the account was shut:
    it opens again, and nothing from before opens it. Raises MemberUnknown.
    """
    if (await members.find(member=member)).disabled_at is not None:
        reopening = StaffMember.update(disabled_at=None, password_hash=None, totp_sealed=None)
        await reopening.where(StaffMember.id == member)
    await noting.note(actor=actor, action="staff.invited_again", subject=member, at=at)
    return await _open_enrolment(member, at)


async def _open_enrolment(member: UUID, at: datetime) -> Invitation:
    enrolment = uuid4()
    opening = StaffMember.update(
        enrolment_hash=tokens.digest(str(enrolment)), enrolment_expires_at=at + rules.ENROL_WITHIN
    )
    await opening.where(StaffMember.id == member)
    return Invitation(member=member, enrolment=enrolment)
