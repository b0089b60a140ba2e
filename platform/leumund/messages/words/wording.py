"""Word a kind of mail: a company's own subject and text in one language, as versions, or ours again."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import faults, ground
from leumund.messages.kinds import KINDS
from leumund.messages.tables import Message, MessageText
from leumund.messages.words import linting, sampling
from leumund.messages.words.letters import Words

_LATEST = """
SELECT id, version, subject, wording FROM message_text
WHERE kind = $1 AND language = $2 AND version IS NOT NULL ORDER BY version DESC LIMIT 1
"""
_ALL_LATEST = """
SELECT DISTINCT ON (kind, language) kind, language, subject FROM message_text
WHERE version IS NOT NULL ORDER BY kind, language, version DESC
"""
_NEXT = """
INSERT INTO message_text (id, kind, language, version, subject, wording, written_by, written_at)
SELECT $1, $2, $3, $4 + 1, $5, $6, $7, $8
WHERE $4 = (SELECT coalesce(max(version), 0) FROM message_text WHERE kind = $2 AND language = $3)
ON CONFLICT DO NOTHING
"""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a company's words; without them it went back to ours."""

    id: UUID
    version: int
    subject: str | None
    wording: str | None
    written_by: UUID
    written_at: datetime


class NotOurs(faults.Unknown):
    """There is no such kind of mail whose words a company may choose."""


class Meanwhile(faults.Refused):
    """Somebody else changed the words since these were begun."""


def require_editable(kind: str) -> None:
    """Nothing, when a company may choose the words of ``kind``. Raises NotOurs."""
    if kind not in KINDS or not KINDS[kind].editable:
        raise NotOurs("errors.messages.words.kind")


async def require_fit(*, kind: str, language: str, words: Words) -> None:
    """Nothing, when mails of ``kind`` may say ``words``. Raises NotOurs, faults.Refusals."""
    if kind not in KINDS or not KINDS[kind].written_at:
        require_editable(kind)
    linting.require_fit(kind=kind, words=words, values=await sampling.values(kind=kind, language=language))


async def current(*, kind: str, language: str) -> Words | None:
    """The company's own words for ``kind`` in ``language``; None where ours count."""
    rows = await ground.fetch(_LATEST, kind, language)
    return _words(rows[0]) if rows else None


async def own() -> set[tuple[str, str]]:
    """In which kinds of mail, each in which language, the company's own words count."""
    rows = await ground.fetch(_ALL_LATEST)
    return {(row["kind"], row["language"]) for row in rows if row["subject"] is not None}


async def of(*, message: Message, language: str) -> Words | None:
    """The words of one message: those it went out with, or those that count now; None for ours."""
    if message.text:
        return await kept(text=message.text)
    # What went out without is shown without.
    return None if message.state in ("sent", "failed") else await current(kind=message.kind, language=language)


async def kept(*, text: UUID) -> Words | None:
    """The words kept as ``text``; None where they are ours again."""
    row = await MessageText.select().where(MessageText.id == text).first()
    assert row is not None, "a version stays"
    return _words(row)


async def versions(*, kind: str, language: str) -> list[Version]:
    """Every version there was, the newest first."""
    rows = MessageText.select().where(
        MessageText.kind == kind, MessageText.language == language, MessageText.version.is_not_null()
    )
    return msgspec.convert(await rows.order_by(MessageText.version, ascending=False), list[Version])


async def word(*, kind: str, language: str, words: Words | None, after: int, by: UUID, at: datetime) -> None:
    """Let mails of ``kind`` say ``words``, or ours again with None; ``after`` is the version they were begun from.

    Raises NotOurs, faults.Refusals, Meanwhile.
    """
    require_editable(kind)
    if words is not None:
        await require_fit(kind=kind, language=language, words=words)
    said = (None, None) if words is None else (words.subject, words.wording)
    if not await ground.execute(_NEXT, uuid4(), kind, language, after, *said, by, at):
        raise Meanwhile("errors.messages.words.meanwhile")
    detail = {"kind": kind, "language": language, "version": after + 1}
    action = "messages.restored" if words is None else "messages.worded"
    await noting.note(actor=f"staff:{by}", action=action, detail=detail, at=at)


async def keep(*, kind: str, language: str, words: Words, by: UUID, at: datetime) -> UUID:
    """Keep words for single mails that name them as theirs; without a version they are nobody else's."""
    row = MessageText(
        id=uuid4(),
        kind=kind,
        language=language,
        subject=words.subject,
        wording=words.wording,
        written_by=by,
        written_at=at,
    )
    await MessageText.insert(row)
    return row.id


def _words(row: dict[str, object]) -> Words | None:
    return None if row["subject"] is None else msgspec.convert(row, Words)
