"""Queue mails: their rows and their jobs commit together with the deed that wants them sent, or not at all."""

from collections.abc import Collection, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox
from leumund.messages.kinds import KINDS, Kind

# The job that delivers one.
SEND = "messages.send"
_RECALL = """
UPDATE message SET state = 'held', held_reason = $3 WHERE customer = $1 AND purpose = $2 AND state = 'queued'
"""
# Whoever delivers one of them holds its row, and is waited for: either it went, or it never goes.
_RECALL_ABOUT = """
UPDATE message SET state = 'held', held_reason = $2
WHERE subject_id = ANY ($1) AND purpose IS NOT NULL AND state = 'queued'
"""
_INSERT = """
INSERT INTO message
    (id, customer, member, kind, purpose, basis, subject_id, question, marks, language, text, message_id, created_at,
     quiet)
SELECT id, customer, member, $9, $10, $13, subject_id, question, marks, language, text, '<' || id || '@' || $11 || '>',
    $12, $14
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::jsonb[], $7::text[], $8::uuid[])
     AS mail (id, customer, member, subject_id, question, marks, language, text)
"""


class Marks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The marks of a question: its ``kind``, from ``first`` to ``last``, and its own words for the two ends.

    With ``more`` it is the first of several questions, so that no mail says it is the only one.
    """

    kind: str
    first: int
    last: int
    low: str = ""
    high: str = ""
    more: bool = False


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to a customer or a member about ``subject_id``.

    ``question`` is what a survey asks, in the words of the version that is sent, and ``marks`` what can be tapped; a
    question that is not answered by a mark has none, and of a mail that gives a reason it is that reason's name.
    ``text`` is a company's own words for this very mail, which some kinds are always written in.
    """

    customer: UUID | None = None
    member: UUID | None = None
    subject_id: UUID | None = None
    question: str = ""
    marks: Marks | None = None
    language: str
    text: UUID | None = None


async def queue(
    *,
    kind: str,
    customer: UUID | None = None,
    member: UUID | None = None,
    subject_id: UUID | None = None,
    purpose: str | None = None,
    question: str = "",
    marks: Marks | None = None,
    language: str,
    at: datetime,
) -> UUID:
    """Have one mail sent, as ``queue_all`` does; returns the message's id."""
    mail = Mail(
        customer=customer, member=member, subject_id=subject_id, question=question, marks=marks, language=language
    )
    (message,) = await queue_all(kind=kind, mails=[mail], purpose=purpose, at=at)
    return message


async def queue_all(
    *,
    kind: str,
    mails: Sequence[Mail],
    purpose: str | None = None,
    quiet_until: datetime | None = None,
    at: datetime,
) -> list[UUID]:
    """Have ``mails`` of one ``kind`` sent, however many, in two statements; returns the messages' ids in their order.

    ``purpose`` names the consent they need at the moment of sending; advertising cannot be queued without one. With
    ``quiet_until`` they keep the quiet hours, which at ``at`` are over by then (gate.quieting).
    """
    form = KINDS[kind]
    assert form.is_for(purpose) if form.advertising else purpose is None, f"{kind} is not for {purpose}"
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
        [None if mail.marks is None else msgspec.json.encode(mail.marks).decode() for mail in mails],
        [mail.language for mail in mails],
        [mail.text for mail in mails],
        kind,
        purpose,
        urlsplit(ground.current().origin).hostname,
        at,
        form.basis,
        quiet_until is not None,
    )
    due_at = quiet_until or at
    await outbox.enqueue_all(kind=SEND, subjects=messages, due_at=due_at, bulk=form.advertising)
    return messages


async def recall(*, customer: UUID, purpose: str, reason: str) -> int:
    """Hold what waits for this person and advertises for ``purpose``, for ``reason``; how many those were."""
    return await ground.execute(_RECALL, customer, purpose, reason)


async def recall_about(*, subjects: Collection[UUID], reason: str) -> int:
    """Hold all advertising about ``subjects`` that waits, for ``reason``; returns how many mails those were."""
    return await ground.execute(_RECALL_ABOUT, list(subjects), reason)


def _check(mail: Mail, form: Kind) -> None:
    assert (mail.customer is None) != (mail.member is None), "a mail goes to one person"
    assert bool(mail.question) == (form.asks_score or form.gives_reason), "a mail says what it asks, or why it comes"
    assert mail.subject_id or not form.signed_for, "a mail with a link needs its subject"
    assert mail.text is not None or not form.written_at, "its words are its own where its kind has none"
    assert mail.text is None or form.written_at or form.editable, "what the law has us say stays as it is"
