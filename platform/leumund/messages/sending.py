"""Queue a mail: its row and its job commit together with the deed that wants it sent, or not at all."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from leumund.kit import ground, outbox
from leumund.messages.kinds import KINDS
from leumund.messages.tables import Message


async def queue(
    *,
    kind: str,
    customer: UUID | None = None,
    member: UUID | None = None,
    subject_id: UUID | None = None,
    purpose: str | None = None,
    question: str = "",
    language: str,
    at: datetime,
) -> UUID:
    """Have a mail of ``kind`` about ``subject_id`` sent to a customer or a member; returns the message's id.

    ``purpose`` names the consent it needs at the moment of sending; advertising cannot be queued without one.
    ``question`` is what a survey asks, in the words of the version that is sent.
    """
    assert (customer is None) != (member is None), "a mail goes to one person"
    assert purpose or not KINDS[kind].advertising, f"{kind} is advertising and needs a purpose"
    assert bool(question) == KINDS[kind].asks_score, "a mail with marks to tap says what they are about"
    assert subject_id or not KINDS[kind].signed_for, f"{kind} has a link and needs its subject"
    message = uuid4()
    row = Message(
        id=message,
        customer=customer,
        member=member,
        kind=kind,
        purpose=purpose,
        subject_id=subject_id,
        question=question,
        language=language,
        message_id=f"<{message}@{urlsplit(ground.current().origin).hostname}>",
        created_at=at,
    )
    await Message.insert(row)
    await outbox.enqueue(kind="messages.send", subject=message, due_at=at, bulk=KINDS[kind].advertising)
    return message
