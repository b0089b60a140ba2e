"""Unsubscribe by the link of a mail: no login, no question, and only by POST (scanners open every link)."""

from datetime import datetime
from uuid import UUID

from leumund.consent.stopping import suppressing, withdrawing
from leumund.consent.texts import publishing
from leumund.kit import faults, tokens
from leumund.messages import kinds, recipients
from leumund.messages.tables import Message


class LinkUnknown(faults.Unknown):
    """No mail of this company carries this link."""


async def unsubscribe(*, token: str, at: datetime, language: str = "de") -> str:
    """Withdraw the purpose of the mail that carried ``token``, and name it as ``ending`` does; twice is fine.

    Raises LinkUnknown.
    """
    message = await _find(token)
    if message.address_hash is not None:
        await suppressing.suppress_hash(
            address_hash=message.address_hash, purpose=message.purpose, reason=suppressing.WITHDRAWAL, at=at
        )
    recipient = await recipients.find(message=message.id)
    # Where the person's record is gone, so is whoever could be written to.
    if message.customer is not None and recipient.email is not None:
        await withdrawing.withdraw(
            customer=message.customer,
            email=recipient.email,
            purpose=message.purpose,
            source="unsubscribe",
            evidence={"message": str(message.id), "message_id": message.message_id},
            at=at,
        )
    return await _title(message, language)


async def ending(*, token: str, language: str) -> str:
    """The title of the consent that ``unsubscribe`` would withdraw, for the page before it. Raises LinkUnknown."""
    return await _title(await _find(token), language)


async def _title(message: Message, language: str) -> str:
    """In ``language`` where the company published the text in it; no longer asking for a consent does not hide it."""
    texts = {
        text.language: text.title
        for text in await publishing.all_current(retired=True)
        if (text.kind, text.purpose) == ("consent", message.purpose)
    }
    assert texts, "the mail went out under a consent, and that under a text"
    return texts.get(language) or texts.get(message.language) or next(iter(texts.values()))


async def _find(token: str) -> Message:
    row = await Message.objects().get(Message.id == _read(token))
    # A mail without a purpose is no advertising and carries no way out.
    if row is None or row.purpose is None:
        raise LinkUnknown("errors.messages.link_unknown")
    return row


def _read(token: str) -> UUID:
    try:
        return tokens.read(kinds.UNSUBSCRIBE, token)
    except tokens.BadToken as fault:
        raise LinkUnknown("errors.messages.link_unknown") from fault
