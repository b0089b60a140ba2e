"""Answer a survey over a personal link: page by page, once, and correctable for a while.

An anonymous one is kept as a whole, when its last page is sent, and cannot be corrected: nobody could find it again.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.customers.records import reserving
from leumund.customers.segments import evaluating
from leumund.kit import ground, outbox, personal
from leumund.kit.faults import Refused, Unknown
from leumund.kit.personal import PersonKey
from leumund.messages import sending
from leumund.surveys import rules
from leumund.surveys.answers import boxing, following, writing
from leumund.surveys.answers.boxing import Content
from leumund.surveys.answers.following import Answered, Sent
from leumund.surveys.questions import filling, moods, paths
from leumund.surveys.questions.filling import Filled
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import Published

CORRECTABLE = timedelta(minutes=30)
# Who takes up the offer on the page needs no mail.
_INVITED_AFTER = timedelta(days=1)
# Whoever reads the mailbox the person had before says nothing for them, and reads nothing of what they wrote.
_LOOK = f"""
SELECT i.id AS invitation, i.customer, i.expires_at, i.answered_at, s.id, s.key, s.version, s.definition, s.named,
    {closing.IS_CLOSED} AS closed, {personal.brought("i.customer")},
    a.id AS answer, a.marks, a.comment_sealed, a.words_sealed
FROM survey_invitation i JOIN survey s ON s.id = i.survey LEFT JOIN survey_answer a ON a.invitation = i.id
WHERE i.id = $1 AND NOT EXISTS (
    SELECT FROM message JOIN customer ON customer.id = message.customer
    WHERE message.customer = i.customer AND message.subject_id = i.id
      AND message.address_hash <> coalesce(customer.email_hash, ''))
"""  # noqa: S608
# By whom it is, of a named survey alone: whoever is about to invite them waits, or is waited for (reserving).
_WHOSE = """
SELECT i.customer FROM survey_invitation i JOIN survey s ON s.id = i.survey WHERE i.id = $1 AND s.named
"""
_KEEP = """
INSERT INTO survey_answer
    (id, survey, invitation, customer, marks, comment_sealed, words_sealed, found_by, language, channel, answered_at,
     attributes)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, attributes FROM survey_invitation WHERE id = $3
ON CONFLICT (invitation) DO UPDATE
SET marks = $5, comment_sealed = $6, words_sealed = $7, found_by = $8, language = $9
"""
_ANSWERED = "UPDATE survey_invitation SET answered_at = coalesce(answered_at, $2) WHERE id = $1"
# When they answered nobody shall read, so the moment they were asked stands for it.
_USED = "UPDATE survey_invitation SET answered_at = invited_at WHERE id = $1"


class InvitationUnknown(Unknown):
    """There is no such invitation."""


class NoLongerOpen(Refused):
    """Expired, answered too long ago to be changed, or of a survey that is closed."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that is open: whom it asks what, and what they answered so far."""

    invitation: UUID
    customer: UUID
    survey: Published
    answered: bool
    filled: Filled


async def look(*, invitation: UUID, at: datetime) -> Asked:
    """Raises InvitationUnknown, also for who is gone or moved to another mailbox since, and NoLongerOpen."""
    return (await _look(invitation, at))[0]


async def _look(invitation: UUID, at: datetime) -> tuple[Asked, PersonKey]:
    """What is asked, and the key that answers lie under."""
    rows = await ground.fetch(_LOOK, invitation)
    key = personal.opened(rows[0]["key_sealed"], person=rows[0]["customer"]) if rows else None
    if key is None or key.is_gone:
        raise InvitationUnknown("errors.surveys.invitation_unknown")
    row = rows[0]
    if row["closed"] or row["expires_at"] <= at or not _can_change(row["answered_at"], named=row["named"], at=at):
        raise NoLongerOpen("errors.surveys.no_longer_open")
    asked = Asked(
        invitation=invitation,
        customer=row["customer"],
        survey=publishing.of_row({name: row[name] for name in Published.__struct_fields__}),
        answered=row["answered_at"] is not None,
        filled=writing.read(row, row["answer"], key=key) if row["answer"] else Filled(),
    )
    return asked, key


def _can_change(answered_at: datetime | None, *, named: bool, at: datetime) -> bool:
    return answered_at is None or (named and at < answered_at + CORRECTABLE)


async def answer(
    *, invitation: UUID, sent: Sent, page: int = 0, language: str, channel: str = "email", at: datetime
) -> Answered:
    """Keep one page of the answer as ``sent``, over what was there; of an anonymous one also the pages before it.

    A reminder that waits is not sent. Raises InvitationUnknown, NoLongerOpen, and Refusals for what is wrong beside its
    question.
    """
    await reserving.reserve(people=[row["customer"] for row in await ground.fetch(_WHOSE, invitation)])
    given, before = await _locked(invitation)
    asked, key = await _look(invitation, at)
    page = following.in_range(asked.survey, page)
    if not asked.survey.named:
        return await _answer_anonymously(asked, following.so_far(asked.survey, sent, page=page), language, channel)
    definition = asked.survey.definition
    # Whoever begins at the end has to begin: the pages come in any order that somebody sends them in.
    filling.require_before(definition, asked.filled, page=page)
    filled = filling.filled(definition, sent, before=asked.filled, page=paths.pages(definition)[page])
    kept = writing.kept(filled, given, key=key)
    await ground.execute(_KEEP, given, asked.survey.id, invitation, asked.customer, *kept, language, channel, at)
    await ground.execute(_ANSWERED, invitation, at)
    await sending.recall_about(subjects=[invitation], reason="answered")
    await _have_looked_after(asked, filled, given, at)
    if filled.marks != asked.filled.marks:
        await evaluating.tell(customer=asked.customer, at=at)
    answered = following.followed(asked.survey, filled, page=page)
    if answered.kind == "promoter" and (before is None or before < rules.PROMOTER_FROM):
        await outbox.enqueue(kind="programs.invite", subject=invitation, due_at=at + _INVITED_AFTER, bulk=True)
    return answered


async def _answer_anonymously(asked: Asked, answered: Answered, language: str, channel: str) -> Answered:
    if answered.next_page is None:
        await ground.execute(_USED, asked.invitation)
        await sending.recall_about(subjects=[asked.invitation], reason="answered")
        content = Content(filled=answered.filled, language=language, channel=channel)
        await boxing.put(uuid4(), survey=asked.survey, content=content)
    return answered


async def _have_looked_after(asked: Asked, filled: Filled, answer: UUID, at: datetime) -> None:
    """Leave the job that opens or moves a case, whenever somebody known says how they feel otherwise than before.

    What was on its way to somebody glad a moment ago is not sent to them now.
    """
    before, now = (moods.of(asked.survey.definition, each.marks) for each in (asked.filled, filled))
    if now in ("unhappy", "undecided"):
        await sending.recall(customer=asked.customer, purpose="recommendation", reason="unhappy")
    if now != before:
        await outbox.enqueue(kind="surveys.care", subject=answer, due_at=at, bulk=now == "glad")


async def _locked(invitation: UUID) -> tuple[UUID, int | None]:
    """The answer this invitation has or gets, and its mark so far; nobody else changes it in the meantime."""
    rows: list[dict[str, Any]] = await ground.fetch(
        "SELECT a.id, a.score FROM survey_invitation i LEFT JOIN survey_answer a ON a.invitation = i.id "
        "WHERE i.id = $1 FOR UPDATE OF i",
        invitation,
    )
    return (rows[0]["id"] or uuid4(), rows[0]["score"]) if rows else (uuid4(), None)
