"""Deliver a message: past the gate at this very moment, written, handed over, and marked.

The row is locked meanwhile, so a message goes out once however many workers hold its job. Should the machine die
between the server's yes and our commit, it goes out again under the same Message-ID, by which readers know it.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from typing import Any
from uuid import UUID

from leumund.audit import noting
from leumund.consent import addressing
from leumund.consent.giving import dispatching
from leumund.consent.giving.dispatching import CheckMail
from leumund.kit import ground, outbox
from leumund.messages import recipients, sending
from leumund.messages.carrying import mailing
from leumund.messages.gate import gating, quieting
from leumund.messages.listing import MessageUnknown
from leumund.messages.tables import Message
from leumund.messages.words import writing
from leumund.messages.words.filling import Unfillable
from leumund.messages.words.writing import Written

# In the order of their ids, so that no two of them wait for each other.
_LOCK = """
SELECT FROM message WHERE id IN (
    SELECT $1::uuid UNION
    SELECT other.id FROM message one JOIN message other ON other.customer = one.customer
    WHERE one.id = $1 AND one.purpose IS NOT NULL AND other.purpose IS NOT NULL AND other.state = 'queued'
) ORDER BY id FOR UPDATE
"""
Post = Callable[[EmailMessage], Awaitable[str]]
Meet = Callable[[], AbstractAsyncContextManager[Post]]


async def deliver(*, message: UUID, post: Post, at: datetime) -> None:
    """As ``deliver_by``, where nobody has to be met before ``post`` sends the mail."""
    await deliver_by(message=message, meet=lambda: nullcontext(post), at=at)


async def deliver_by(*, message: UUID, meet: Meet, at: datetime) -> None:
    """Send ``message`` by the server that ``meet`` gets in at, whose answer's codes are kept, or hold it with a reason.

    One that keeps the quiet hours waits for their end, in a job of its own.

    The server may take its time to let us in, and the gate is asked once more when it has: nothing is advertised to
    whoever withdrew or moved meanwhile. A permanent refusal makes it failed; whatever else sending raises goes through,
    so that the job is tried again. Raises MessageUnknown.
    """
    row = await _lock(message)
    if row.state != "queued" or await _waits(row, at):
        return
    recipient = await recipients.find(message=message)
    reason = await gating.hindrance(message=row, recipient=recipient, at=at)
    if reason or recipient.email is None:
        await _hold(row, reason or "no_address", at)
        return
    try:
        written = await writing.write(message=row, to=recipient.email, name=recipient.name, at=at)
    except Unfillable:
        # Another try would say the same: the company has to mend its words.
        await _hold(row, "unfillable", at)
        return
    try:
        async with meet() as post:
            still = await recipients.find(message=message)
            if reason := await gating.hindrance(message=row, recipient=still, at=at):
                await _hold(row, reason, at)
                return
            response = await post(written.mail)
    except mailing.Undeliverable as fault:
        await _mark(row, text=written.text, state="failed", smtp_response=str(fault))
        return
    address = addressing.hashed(recipient.email)
    await _mark(row, text=written.text, state="sent", address_hash=address, smtp_response=response, sent_at=at)
    if row.kind == "opt_in":
        await _prove(row, written, response, at)


async def _waits(row: Message, at: datetime) -> bool:
    """Whether it is quiet now, and the mail keeps that; then the gate is asked when it goes."""
    if not row.quiet or (later := await quieting.open_at(at=at)) == at:
        return False
    await outbox.enqueue(kind=sending.SEND, subject=row.id, due_at=later, bulk=True)
    return True


async def _lock(message: UUID) -> Message:
    """The message, and with advertising all that waits for its person: two at once would both be within a limit."""
    await ground.execute(_LOCK, message)
    row = await Message.objects().get(Message.id == message)
    if row is None:
        raise MessageUnknown("errors.messages.unknown")
    return row


async def _mark(row: Message, **became: Any) -> None:
    await Message.update(**became).where(Message.id == row.id)


async def _hold(row: Message, reason: str, at: datetime) -> None:
    await _mark(row, state="held", held_reason=reason)
    detail = {"kind": row.kind, "purpose": row.purpose, "reason": reason}
    await noting.note(actor="system:messages", action="message.held", subject=row.id, detail=detail, at=at)


async def _prove(row: Message, written: Written, response: str, at: datetime) -> None:
    """Part of the double opt-in's evidence: which mail asked, and that it was taken."""
    assert row.subject_id is not None, "queued with its request"
    mail = CheckMail(
        message_id=row.message_id,
        template=str(written.text or "ours"),
        sha256=sha256(written.mail.as_bytes()).hexdigest(),
        response=response,
        sent_at=at,
    )
    await dispatching.note(request=row.subject_id, mail=mail)
    detail = {
        "request": str(row.subject_id),
        "message_id": mail.message_id,
        "sha256": mail.sha256,
        "response": response,
    }
    await noting.note(
        actor="system:messages", action="message.check_mail_sent", subject=row.customer, detail=detail, at=at
    )
