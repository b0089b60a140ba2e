"""Alert whoever of the company's own people answers for something: a mail that says no more than where to look."""

from collections.abc import Collection
from datetime import datetime

from leumund.messages import sending
from leumund.messages.sending import Mail
from leumund.staff import members
from leumund.staff.members import Member


async def alert(*, kind: str, right: str, at: datetime) -> int:
    """Queue a mail of ``kind`` to every enrolled member who has ``right``; how many."""
    told = [member for member in await members.everybody() if member.enrolled and member.may(right)]
    await alert_each(kind=kind, members=told, at=at)
    return len(told)


async def alert_each(*, kind: str, members: Collection[Member], at: datetime) -> None:
    """Queue a mail of ``kind`` to each of ``members``."""
    if members:
        mails = [Mail(member=member.id, language=member.language) for member in members]
        await sending.queue_all(kind=kind, mails=mails, at=at)
