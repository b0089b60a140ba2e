"""Answer a survey over a personal link: once, and correctable for a while."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, outbox, personal
from leumund.kit.faults import Refused, Unknown
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column
from leumund.surveys import rules
from leumund.surveys.publishing import Published

CORRECTABLE = timedelta(minutes=30)
# Who takes up the offer on the page needs no mail.
_INVITED_AFTER = timedelta(days=1)
LONGEST_COMMENT = 4_000
COMMENT = Column("survey_answer", "comment_sealed")
# Whoever reads the mailbox the person had before says nothing for them, and reads nothing of what they wrote.
_LOOK = f"""
SELECT i.id, i.customer, i.expires_at, i.answered_at, s.id AS survey, s.key, s.version, s.texts,
    {personal.brought("i.customer")}, a.id AS answer, a.score, a.comment_sealed
FROM survey_invitation i JOIN survey s ON s.id = i.survey LEFT JOIN survey_answer a ON a.invitation = i.id
WHERE i.id = $1 AND NOT EXISTS (
    SELECT FROM message JOIN customer ON customer.id = message.customer
    WHERE message.customer = i.customer AND message.subject_id = i.id
      AND message.address_hash <> coalesce(customer.email_hash, ''))
"""  # noqa: S608
# NUL, and half of a surrogate pair: they say nothing, and no row can hold them.
_UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")


class InvitationUnknown(Unknown):
    """There is no such invitation."""


class NoLongerOpen(Refused):
    """Expired, or answered too long ago to be changed."""


class NoMark(Refused):
    """A mark from 0 to 10 is missing."""


class CommentTooLong(Refused):
    """More than anybody reads."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that is open: whom it asks what, and the mark and comment they gave so far."""

    invitation: UUID
    customer: UUID
    survey: Published
    answered: bool
    score: int | None
    comment: str


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
    answered = row["answered_at"]
    if row["expires_at"] <= at or (answered is not None and answered + CORRECTABLE <= at):
        raise NoLongerOpen("errors.surveys.no_longer_open")
    comment = COMMENT.tell(row["comment_sealed"], row["answer"], key=key)
    asked = Asked(
        invitation=invitation,
        customer=row["customer"],
        survey=_survey(row),
        answered=answered is not None,
        score=row["score"],
        comment=comment,
    )
    return asked, key


async def answer(*, invitation: UUID, score: int | None, comment: str, language: str, at: datetime) -> str:
    """Record the answer, over an earlier one within CORRECTABLE; returns its class, such as ``promoter``.

    Raises InvitationUnknown, NoLongerOpen, NoMark, CommentTooLong.
    """
    if score is None or not 0 <= score <= 10:
        raise NoMark("errors.surveys.no_mark", field="score")
    said = plain(comment)
    given, before = await _locked(invitation)
    asked, key = await _look(invitation, at)
    await ground.execute(
        "INSERT INTO survey_answer "
        "(id, survey, invitation, customer, score, comment_sealed, language, channel, answered_at) "
        "VALUES ($8, $1, $2, $3, $4, $5, $6, 'email', $7) "
        "ON CONFLICT (invitation) DO UPDATE SET score = $4, comment_sealed = $5, language = $6",
        asked.survey.id,
        invitation,
        asked.customer,
        score,
        COMMENT.keep(said, given, key=key),
        language,
        at,
        given,
    )
    await ground.execute(
        "UPDATE survey_invitation SET answered_at = coalesce(answered_at, $2) WHERE id = $1", invitation, at
    )
    if score >= rules.PROMOTER_FROM and (before is None or before < rules.PROMOTER_FROM):
        await outbox.enqueue(kind="programs.invite", subject=invitation, due_at=at + _INVITED_AFTER, bulk=True)
    return rules.class_of(score)


def plain(comment: str) -> str:
    """What of ``comment`` can be kept. Raises CommentTooLong."""
    said = _UNWRITABLE.sub("", comment).strip()
    if len(said) > LONGEST_COMMENT:
        raise CommentTooLong("errors.surveys.comment_too_long", field="comment", most=LONGEST_COMMENT)
    return said


async def _locked(invitation: UUID) -> tuple[UUID, int | None]:
    """The answer this invitation has or gets, and its mark so far; nobody else changes it in the meantime."""
    rows = await ground.fetch(
        "SELECT a.id, a.score FROM survey_invitation i LEFT JOIN survey_answer a ON a.invitation = i.id "
        "WHERE i.id = $1 FOR UPDATE OF i",
        invitation,
    )
    return (rows[0]["id"] or uuid4(), rows[0]["score"]) if rows else (uuid4(), None)


def _survey(row: dict[str, Any]) -> Published:
    return Published(id=row["survey"], key=row["key"], version=row["version"], texts=msgspec.json.decode(row["texts"]))
