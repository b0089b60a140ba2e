"""Mails as a list, newest first: what went out, what was held and why."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.messages.tables import Message

_EVERY = """
SELECT id, kind, purpose, state, held_reason, created_at, sent_at, customer, smtp_response FROM message
WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid) ORDER BY created_at DESC, id DESC LIMIT $3
"""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    id: UUID
    kind: str
    purpose: str | None
    state: str
    held_reason: str | None
    created_at: datetime
    sent_at: datetime | None


class Logged(Sent, frozen=True, kw_only=True):
    """A line with whom it was for, None for a member, and the codes the mail server answered."""

    customer: UUID | None
    smtp_response: str | None


async def to_customer(*, customer: UUID, limit: int = 50) -> list[Sent]:
    """At most ``limit`` of the newest."""
    query = Message.select().where(Message.customer == customer).limit(limit)
    return msgspec.convert(await query.order_by(Message.created_at, Message.id, ascending=False), list[Sent])


async def every(*, after: str | None = None, limit: int = 50) -> Page[Logged]:
    """Mails to anybody, newest first. Raises BadCursor."""
    rows = await ground.fetch(_EVERY, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([Logged(**row) for row in rows], limit=limit, stands=lambda mail: (mail.created_at, mail.id))
