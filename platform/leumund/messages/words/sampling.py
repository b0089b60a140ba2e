"""A mail of each kind to nobody yet: what a company looks at while it chooses its words."""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import uuid4

from leumund.company import describing
from leumund.kit import ground
from leumund.kit.language import text
from leumund.messages.kinds import KINDS
from leumund.messages.tables import Message
from leumund.messages.words import letters
from leumund.messages.words.letters import Draft, Words

_MARKS = '{"kind": "nps", "first": 0, "last": 10}'
_REASON = "terms.advocate"
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def message(
    *, kind: str, language: str, question: str = "", marks: str | None = _MARKS, at: datetime = _NEVER
) -> Message:
    """A mail of ``kind`` that asks ``question``, or what a survey might; it is nobody's row before it is inserted."""
    one, form = uuid4(), KINDS[kind]
    return Message(
        id=one,
        kind=kind,
        language=language,
        basis=form.basis,
        question=_about(kind, language, question),
        marks=marks if form.asks_score else None,
        message_id=f"<{one}@{urlsplit(ground.current().origin).hostname}>",
        created_at=at,
    )


def _about(kind: str, language: str, question: str) -> str:
    """What a mail of ``kind`` asks, or the name of a reason it could give; empty where it does neither."""
    if KINDS[kind].gives_reason:
        return _REASON
    return (question or text("mail.sample.question", language)) if KINDS[kind].asks_score else ""


def name(language: str) -> str:
    """Somebody to write to."""
    return text("mail.sample.name", language)


def ours(*, kind: str, language: str, more: bool = False) -> Words:
    """Our own words for ``kind``, as a company would write them; with ``more``, those that begin several questions."""
    several = "several." if more else ""
    places = {each: f"{{{{ {each} }}}}" for each in ("company", "question", "name")}
    subject, wording = (text(f"mail.{kind}.{several}{part}", language, **places) for part in ("subject", "text"))
    return Words(None, subject, wording)


async def values(*, kind: str, language: str) -> dict[str, str]:
    """All that words of ``kind`` may name, and what could stand there."""
    draft = Draft(
        message=message(kind=kind, language=language),
        name=name(language),
        language=language,
        profile=await describing.profile(),
        words=None,
    )
    return letters.values(draft)
