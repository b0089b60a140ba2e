"""What comes back of a mail: a bounce or a complaint stops the address it went to, and nothing else.

A mail leaves under an envelope of its own (variable envelope return path), so that what comes back names it by itself.
The name holds for one message of one company and is signed by that company's key, so nobody stops a stranger's address.
"""

from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from leumund.audit import noting
from leumund.consent.stopping import suppressing
from leumund.kit import ground, sealing
from leumund.messages.carrying.reports import COMPLAINT, PERMANENT, Report
from leumund.messages.tables import Message

_ID_LETTERS, _MARK_LETTERS = 26, 10
_REASONS = {PERMANENT: "bounce", COMPLAINT: "complaint"}


class NotOurs(LookupError):
    """No envelope of a mail of this company."""


def envelope(message: UUID, *, domain: str) -> str:
    """Where a report on ``message`` comes back to: message, company and a mark, in letters of either case."""
    company = ground.current().vault.company
    return f"{_letters(message.bytes)}{_letters(company.bytes)}{_mark(message)}@{domain}"


def company_of(local_part: str) -> UUID | None:
    """Which company an envelope says it is of; whether that is true only the company's own key can say."""
    ids = _ids(local_part)
    return None if ids is None else ids[1]


def message_of(local_part: str) -> UUID:
    """The message of an envelope of this company. Raises NotOurs."""
    ids, mark = _ids(local_part), local_part[-_MARK_LETTERS:].lower()
    if ids is None or ids[1] != ground.current().vault.company or not compare_digest(mark, _mark(ids[0])):
        raise NotOurs(local_part)
    return ids[0]


async def take(*, message: UUID, report: Report, at: datetime) -> bool:
    """Keep that ``message`` came back, and stop its address where that is for good; false when it was known.

    Raises NotOurs.
    """
    row = await Message.select().where(Message.id == message).first()
    if row is None:
        raise NotOurs(str(message))
    new = await ground.execute(
        "INSERT INTO mail_return (message, kind, status, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        message,
        report.kind,
        report.status,
        at,
    )
    if not new:
        return False
    reason = _REASONS.get(report.kind)
    if reason and row["address_hash"]:
        await suppressing.suppress_hash(address_hash=row["address_hash"], reason=reason, at=at)
    detail = {"kind": row["kind"], "return": report.kind, "status": report.status}
    await noting.note(actor="system:messages", action="message.returned", subject=message, detail=detail, at=at)
    return True


def _mark(message: UUID) -> str:
    return sealing.keyed_hash("return path", message.hex)[:_MARK_LETTERS]


def _letters(raw: bytes) -> str:
    return b32encode(raw).rstrip(b"=").decode().lower()


def _ids(local_part: str) -> tuple[UUID, UUID] | None:
    if len(local_part) != 2 * _ID_LETTERS + _MARK_LETTERS or not local_part.isascii():
        return None
    pieces = local_part[:_ID_LETTERS], local_part[_ID_LETTERS : 2 * _ID_LETTERS]
    try:
        message, company = (UUID(bytes=b32decode(piece.upper() + "======")) for piece in pieces)
    except (Base32Error, ValueError):
        return None
    return message, company
