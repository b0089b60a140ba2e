"""Mails as a list, newest first: what went out, what was held and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, faults, ground
from leumund.kit.cursors import Page
from leumund.messages.tables import Message

_EVERY = """
SELECT id, kind, purpose, basis, state, held_reason, created_at, sent_at, customer, smtp_response FROM message
WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid) ORDER BY created_at DESC, id DESC LIMIT $3
"""
_LINE = f"""
SELECT m.id, m.kind, m.purpose, m.state, m.held_reason, m.created_at, m.sent_at, m.customer, m.smtp_response,
       m.member, m.basis, m.language, m.message_id, m.test, words.version, {naming.sealed("person", as_="person")}
FROM message m LEFT JOIN customer person ON person.id = m.customer LEFT JOIN message_text words ON words.id = m.text
"""  # noqa: S608
_ONE = f"{_LINE} WHERE m.id = $1"
_LOG = f"""{_LINE}
WHERE ($1::timestamptz IS NULL OR (m.created_at, m.id) < ($1, $2::uuid))
  AND ($4 = '' OR m.kind = $4) AND ($5 = '' OR m.state = $5) AND ($6 = '' OR m.held_reason = $6)
ORDER BY m.created_at DESC, m.id DESC LIMIT $3
"""
# Why a mail was held.
REASONS = (
    "no_consent",
    "too_often",
    "no_address",
    "disabled",
    "no_agreement",
    "no_purpose",
    "restriction",
    "erasure",
    "unfillable",
    "unhappy",
)
STATES = ("queued", "sent", "held", "failed")


class MessageUnknown(faults.Unknown):
    """There is no such message."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    id: UUID
    kind: str
    purpose: str | None
    basis: str
    state: str
    held_reason: str | None
    created_at: datetime
    sent_at: datetime | None


class Logged(Sent, frozen=True, kw_only=True):
    """A line with whom it was for, None for a member, and the codes the mail server answered."""

    customer: UUID | None
    smtp_response: str | None


class Line(Logged, frozen=True, kw_only=True):
    """A line with who it was for by ``name``, empty where nobody may read it, and what it went out on and in.

    ``version`` is that of the company's own words, None for ours or before it went out.
    """

    name: str
    member: UUID | None
    language: str
    message_id: str
    test: bool
    version: int | None


async def to_customer(*, customer: UUID, limit: int = 50) -> list[Sent]:
    """At most ``limit`` of the newest."""
    query = Message.select().where(Message.customer == customer).limit(limit)
    return msgspec.convert(await query.order_by(Message.created_at, Message.id, ascending=False), list[Sent])


async def every(*, after: str | None = None, limit: int = 50) -> Page[Logged]:
    """Mails to anybody, newest first. Raises BadCursor."""
    rows = await ground.fetch(_EVERY, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([Logged(**row) for row in rows], limit=limit, stands=lambda mail: (mail.created_at, mail.id))


async def log(*, kind: str, state: str, reason: str, after: str | None, limit: int = 50) -> Page[Line]:
    """Mails to anybody, newest first; an empty ``kind``, ``state`` or ``reason`` it was held for is any.

    Raises BadCursor.
    """
    rows = await ground.fetch(_LOG, *cursors.place(after), cursors.asked_for(limit), kind, state, reason)
    return cursors.cut([_line(row) for row in rows], limit=limit, stands=lambda mail: (mail.created_at, mail.id))


async def find(*, message: UUID) -> Line:
    """One mail. Raises MessageUnknown."""
    rows = await ground.fetch(_ONE, message)
    if not rows:
        raise MessageUnknown("errors.messages.unknown")
    return _line(rows[0])


def _line(row: dict[str, Any]) -> Line:
    person = naming.take(row, as_="person")
    return msgspec.convert(row | {"name": person.shown}, Line)
