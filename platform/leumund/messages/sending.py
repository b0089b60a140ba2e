"""Queue mails: their rows and their jobs commit together with the deed that wants them sent, or not at all."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox
from leumund.messages.kinds import KINDS, Kind

_RECALL = """
UPDATE message SET state = 'held', held_reason = $3 WHERE customer = $1 AND kind = $2 AND state = 'queued'
"""
_INSERT = """
INSERT INTO message
    (id, customer, member, kind, purpose, basis, subject_id, question, language, message_id, created_at)
SELECT id, customer, member, $7, $8, $11, subject_id, question, language, '<' || id || '@' || $9 || '>', $10
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
     AS mail (id, customer, member, subject_id, question, language)
"""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to a customer or a member about ``subject_id``.

    ``question`` is what a survey asks, in the words of the version that is sent.
    """

    customer: UUID | None = None
    member: UUID | None = None
    subject_id: UUID | None = None
    question: str = ""
    language: str


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
    """Have one mail sent, as ``queue_all`` does; returns the message's id."""
    mail = Mail(customer=customer, member=member, subject_id=subject_id, question=question, language=language)
    (message,) = await queue_all(kind=kind, mails=[mail], purpose=purpose, at=at)
    return message


async def queue_all(*, kind: str, mails: Sequence[Mail], purpose: str | None = None, at: datetime) -> list[UUID]:
    """Have ``mails`` of one ``kind`` sent, however many, in two statements; returns the messages' ids in their order.

    ``purpose`` names the consent they need at the moment of sending; advertising cannot be queued without one.
    """
    form = KINDS[kind]
    assert purpose in form.purposes if form.advertising else purpose is None, f"{kind} is not for {purpose}"
    for mail in mails:
        _check(mail, form)
    messages = [uuid4() for _ in mails]
    await ground.execute(
        _INSERT,
        messages,
        [mail.customer for mail in mails],
        [mail.member for mail in mails],
        [mail.subject_id for mail in mails],
        [mail.question for mail in mails],
        [mail.language for mail in mails],
        kind,
        purpose,
        urlsplit(ground.current().origin).hostname,
        at,
        form.basis,
    )
    await outbox.enqueue_all(kind="messages.send", subjects=messages, due_at=at, bulk=form.advertising)
    return messages


async def recall(*, customer: UUID, kind: str, reason: str) -> int:
    """Hold what waits of ``kind`` for this person, for ``reason``; how many those were."""
    return await ground.execute(_RECALL, customer, kind, reason)


def _check(mail: Mail, form: Kind) -> None:
    assert (mail.customer is None) != (mail.member is None), "a mail goes to one person"
    assert bool(mail.question) == form.asks_score, "a mail with marks to tap says what they are about"
    assert mail.subject_id or not form.signed_for, "a mail with a link needs its subject"
