"""Pen a letter: what a member writes to one person by mail, in words of its own; it goes out as every mail does."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground, personal
from leumund.kit.sealing import Column
from leumund.messages import sending
from leumund.messages.kinds import KINDS
from leumund.messages.tables import Message, MessageLetter
from leumund.messages.words import linting
from leumund.messages.words.letters import Words

_SUBJECT, _WORDS = Column("message_letter", "subject_sealed"), Column("message_letter", "words_sealed")
_FIND = f"""
SELECT letter.id, letter.customer, subject_sealed, words_sealed, {personal.brought("letter.customer")}
FROM message_letter letter WHERE letter.id = $1
"""  # noqa: S608 - names of ours alone
_ABOUT = f"""
SELECT letter.id, letter.customer, letter.member, letter.written_at, subject_sealed, words_sealed, message.state,
    message.held_reason, message.sent_at, {personal.brought("letter.customer")}
FROM message JOIN message_letter letter ON letter.id = message.id
WHERE message.customer = $1 AND message.subject_id = $2 ORDER BY letter.written_at, letter.id
"""  # noqa: S608


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What ``by`` writes to ``customer`` about ``subject_id``, in a language they understand."""

    kind: str
    customer: UUID
    subject_id: UUID
    language: str
    words: Words
    by: UUID


class Penned(msgspec.Struct, frozen=True, kw_only=True):
    """A letter there is, and what became of its mail."""

    id: UUID
    member: UUID
    written_at: datetime
    subject: str
    words: str
    state: str
    held_reason: str | None
    sent_at: datetime | None


async def pen(*, letter: Letter, at: datetime) -> UUID:
    """Queue ``letter``, for the purpose its kind has where it advertises; the message's id. Raises faults.Refusals."""
    form = KINDS[letter.kind]
    assert form.written, "other mails have words of their own"
    linting.require_proper(words=letter.words)
    message = await sending.queue(
        kind=letter.kind,
        customer=letter.customer,
        subject_id=letter.subject_id,
        purpose=next(iter(form.purposes), None),
        language=letter.language,
        at=at,
    )
    key = await personal.key(person=letter.customer)
    row = MessageLetter(
        id=message,
        customer=letter.customer,
        member=letter.by,
        subject_sealed=_SUBJECT.seal(letter.words.subject, message, key=key),
        words_sealed=_WORDS.seal(letter.words.wording, message, key=key),
        written_at=at,
    )
    await MessageLetter.insert(row)
    return message


async def words_of(*, message: Message) -> Words | None:
    """What was written in ``message``; None where it is gone."""
    rows = await ground.fetch(_FIND, message.id)
    return Words(None, *_opened(rows[0])) if rows else None


async def about(*, customer: UUID, subject_id: UUID) -> list[Penned]:
    """What was written to ``customer`` about ``subject_id``, the oldest first; one query."""
    letters = []
    for row in await ground.fetch(_ABOUT, customer, subject_id):
        subject, words = _opened(row)
        told = {name: row[name] for name in ("id", "member", "written_at", "state", "held_reason", "sent_at")}
        letters.append(Penned(subject=subject, words=words, **told))
    return letters


def _opened(row: dict[str, Any]) -> tuple[str, str]:
    key = personal.opened(row["key_sealed"], person=row["customer"])
    told = [column.tell(row[column.name], row["id"], key=key) for column in (_SUBJECT, _WORDS)]
    return told[0], told[1]
