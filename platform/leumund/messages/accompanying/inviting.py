"""Invite a member of staff and send the link: the account and its mail, together or not at all."""

from datetime import datetime
from uuid import UUID

from leumund.messages import sending
from leumund.staff import inviting, members
from leumund.staff.inviting import Invitation


async def invite(*, email: str, name: str, role: str, language: str, actor: str, at: datetime) -> UUID:
    """The new member's id. Raises what staff.inviting raises."""
    invitation = await inviting.invite(email=email, name=name, role=role, language=language, actor=actor, at=at)
    return await _send(invitation, language, at)


async def invite_again(*, member: UUID, actor: str, at: datetime) -> UUID:
    """A new link for a member; the older ones die. Raises MemberUnknown."""
    found = await members.find(member=member)
    return await _send(await inviting.invite_again(member=member, actor=actor, at=at), found.language, at)


async def _send(invitation: Invitation, language: str, at: datetime) -> UUID:
    await sending.queue(
        kind="staff_enrolment",
        member=invitation.member,
        subject_id=invitation.enrolment,
        language=language,
        at=at,
    )
    return invitation.member
