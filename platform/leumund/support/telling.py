"""Tell a company that an operator asks to see something: in its log, and by mail to its owners."""

from leumund.audit import noting
from leumund.kit.sight import Asked
from leumund.messages import sending
from leumund.messages.sending import Mail
from leumund.staff import members, rules


async def tell(*, asked: Asked) -> None:
    """Note the request and write to everybody who may answer it; the mail says nothing but that somebody asks."""
    detail = {"operator": asked.operator_email, "rooms": asked.rooms, "hours": asked.hours}
    actor = f"operator:{asked.operator}"
    await noting.note(actor=actor, action="support.requested", subject=asked.id, detail=detail, at=asked.asked_at)
    owners = [one for one in await members.everybody() if one.role == rules.OWNER and one.disabled_at is None]
    mails = [Mail(member=one.id, language=one.language) for one in owners if one.enrolled]
    await sending.queue_all(kind="support_requested", mails=mails, at=asked.asked_at)
