"""The mails of one customer, newest first: what went out, what was held and why."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.messages.tables import Message


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    id: UUID
    kind: str
    purpose: str | None
    state: str
    held_reason: str | None
    created_at: datetime
    sent_at: datetime | None


async def to_customer(*, customer: UUID, limit: int = 50) -> list[Sent]:
    """At most ``limit`` of the newest."""
    query = Message.select().where(Message.customer == customer).limit(limit)
    return msgspec.convert(await query.order_by(Message.created_at, Message.id, ascending=False), list[Sent])
