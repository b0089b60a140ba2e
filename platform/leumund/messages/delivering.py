"""Deliver a message: past the gate at this very moment, written, handed over, and marked.

The row is locked meanwhile, so a message goes out once however many workers hold its job. Should the machine die
between the server's yes and our commit, it goes out again under the same Message-ID, by which readers know it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from uuid import UUID

from leumund.audit import noting
from leumund.consent import addressing
from leumund.kit import faults
from leumund.messages import mailing, recipients, writing
from leumund.messages.tables import Message

Post = Callable[[EmailMessage], Awaitable[str]]


class MessageUnknown(faults.Unknown):
    """There is no such message."""


async def deliver(*, message: UUID, post: Post, at: datetime) -> None:
    """Send ``message`` by ``post``, which returns the codes of the server's answer, or hold it with a reason.

    A permanent refusal makes it failed; whatever else ``post`` raises goes through, so that the job is tried again.
    Raises MessageUnknown.
    """
    row = await Message.objects().where(Message.id == message).lock_rows("UPDATE").first()
    if row is None:
        raise MessageUnknown("errors.messages.unknown")
    if row.state != "queued":
        return
    recipient = await recipients.find(message=message)
    reason = await recipients.hindrance(message=row, recipient=recipient)
    if reason or recipient.email is None:
        await _hold(row, reason or "no_address", at)
        return
    mail = await writing.write(message=row, to=recipient.email, name=recipient.name, at=at)
    try:
        response = await post(mail)
    except mailing.Undeliverable as fault:
        await Message.update(state="failed", smtp_response=str(fault)).where(Message.id == message)
        return
    address = addressing.hashed(recipient.email)
    await Message.update(state="sent", address_hash=address, smtp_response=response, sent_at=at).where(
        Message.id == message
    )
    if row.kind == "opt_in":
        await _prove(row, mail, response, at)


async def _hold(row: Message, reason: str, at: datetime) -> None:
    await Message.update(state="held", held_reason=reason).where(Message.id == row.id)
    detail = {"kind": row.kind, "purpose": row.purpose, "reason": reason}
    await noting.note(actor="system:messages", action="message.held", subject=row.id, detail=detail, at=at)


async def _prove(row: Message, mail: EmailMessage, response: str, at: datetime) -> None:
    # Part of the double opt-in's evidence (law.md 3): which mail asked, and that it was taken.
    body = sha256(mail.as_bytes()).hexdigest()
    detail = {"request": row.subject_id, "message_id": row.message_id, "sha256": body, "response": response}
    told = {name: str(value) for name, value in detail.items()}
    await noting.note(
        actor="system:messages", action="message.check_mail_sent", subject=row.customer, detail=told, at=at
    )
