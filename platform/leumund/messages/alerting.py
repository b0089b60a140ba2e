"""Alert whoever of the company's own people answers for something: a mail that says no more than where to look."""

from datetime import datetime

from leumund.messages import sending
from leumund.messages.sending import Mail
from leumund.staff import members


async def alert(*, kind: str, right: str, at: datetime) -> int:
    """Queue a mail of ``kind`` to every enrolled member who has ``right``; how many."""
    told = [member for member in await members.everybody() if member.enrolled and member.may(right)]
    if told:
        mails = [Mail(member=member.id, language=member.language) for member in told]
        await sending.queue_all(kind=kind, mails=mails, at=at)
    return len(told)
