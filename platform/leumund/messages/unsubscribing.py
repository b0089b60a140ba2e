"""Unsubscribe by the link of a mail: no login, no question, and only by POST (scanners open every link)."""

from datetime import datetime
from uuid import UUID

from leumund.consent import withdrawing
from leumund.kit import faults, tokens
from leumund.messages import recipients
from leumund.messages.tables import Message


class LinkUnknown(faults.Unknown):
    """No mail of this company carries this link."""


async def unsubscribe(*, token: str, at: datetime) -> None:
    """Withdraw the purpose of the mail that carried ``token``; doing it twice is fine. Raises LinkUnknown."""
    message = await check(token=token)
    recipient = await recipients.find(message=message.id)
    if message.customer is None or recipient.email is None:
        # The person's record is gone, and with it whoever could be written to.
        return
    await withdrawing.withdraw(
        customer=message.customer,
        email=recipient.email,
        purpose=message.purpose,
        source="unsubscribe",
        evidence={"message": str(message.id), "message_id": message.message_id},
        at=at,
    )


async def check(*, token: str) -> Message:
    """The message ``token`` was sent with, changing nothing: for the page with the button. Raises LinkUnknown."""
    row = await Message.objects().get(Message.id == _read(token))
    if row is None:
        raise LinkUnknown("errors.messages.link_unknown")
    return row


def _read(token: str) -> UUID:
    try:
        return tokens.read("unsubscribe", token)
    except tokens.BadToken as fault:
        raise LinkUnknown("errors.messages.link_unknown") from fault
