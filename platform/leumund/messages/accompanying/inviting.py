"""Invite a member of staff and send the link: the account and its mail, together or not at all.

From a test company no mail goes out: there the link itself is told to whoever made it.
"""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground, mailboxes, tokens
from leumund.messages import kinds, sending
from leumund.staff import inviting, members
from leumund.staff.inviting import Invitation

_KIND = "staff_enrolment"


async def invite(*, email: str, name: str, role: str, language: str, actor: str, at: datetime) -> UUID:
    """The new member's id. Raises what staff.inviting raises."""
    invitation = await inviting.invite(email=email, name=name, role=role, language=language, actor=actor, at=at)
    return await _send(invitation, language, at)


async def invite_again(*, member: UUID, actor: str, at: datetime) -> UUID:
    """A new link for a member; the older ones die. Raises MemberUnknown."""
    found = await members.find(member=member)
    return await _send(await inviting.invite_again(member=member, actor=actor, at=at), found.language, at)


async def invite_to_twin(*, email: str, name: str, role: str, language: str, actor: str, at: datetime) -> str:
    """The link by which somebody sets up an account of the test company whose scope is open.

    Whoever works there already gets a new one, and the older ones die. Raises AddressInvalid, RoleUnknown.
    """
    assert ground.current().is_twin, "of anybody's account in a live company only they themselves are told"
    known = await members.by_address(email=mailboxes.normal(email) or "")
    invitation = (
        await inviting.invite(email=email, name=name, role=role, language=language, actor=actor, at=at)
        if known is None
        else await inviting.invite_again(member=known.id, actor=actor, at=at)
    )
    path = kinds.KINDS[_KIND].path.format(token=tokens.sign(kinds.signed_for(_KIND), invitation.enrolment))
    return f"{ground.current().origin}{path}"


async def _send(invitation: Invitation, language: str, at: datetime) -> UUID:
    await sending.queue(
        kind=_KIND,
        member=invitation.member,
        subject_id=invitation.enrolment,
        language=language,
        at=at,
    )
    return invitation.member
