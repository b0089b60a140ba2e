"""Word a wave: a subject and words of its own for whom it invites, in each language, while it is a draft.

They are looked over as all words of mails that ask are, and as those of a survey: nobody's friends are asked for, and
nothing that Art. 9 GDPR protects. Reminders keep the words of all reminders.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground, letters
from leumund.kit.faults import Refusals, Refused
from leumund.messages.tables import Message
from leumund.messages.words import sampling, tapping
from leumund.messages.words import wording as mails
from leumund.messages.words.letters import Words
from leumund.surveys.asking import listing, rules
from leumund.surveys.asking.listing import Wave
from leumund.surveys.asking.planning import NotADraft
from leumund.surveys.questions import wordings

KIND = "survey_invitation"
# Whoever releases it in this moment has read the words of before.
_DRAFT = "UPDATE survey_wave SET texts = {} WHERE id = $1 AND released_at IS NULL"
_KEEP = _DRAFT.format("texts || jsonb_build_object($2::text, $3::uuid)")
_DROP = _DRAFT.format("texts - $2::text")


class Leading(Refused):
    """Words that no survey may be asked with."""


async def word(*, wave: UUID, language: str, words: Words | None, by: UUID, at: datetime) -> None:
    """Let the wave invite in ``words``, or in those of all invitations with None.

    Raises WaveUnknown, also for a wave that writes no mails in ``language``, NotADraft, Refusals.
    """
    found = await known(wave=wave, language=language)
    if found.released_at is not None:
        raise NotADraft("errors.asking.not_a_draft")
    if words is None:
        changed = await ground.execute(_DROP, wave, language)
    else:
        await require_fit(language=language, words=words)
        text = await mails.keep(kind=KIND, language=language, words=words, by=by, at=at)
        changed = await ground.execute(_KEEP, wave, language, text)
    if not changed:
        raise NotADraft("errors.asking.not_a_draft")
    detail = {"survey": found.key, "language": language, "own": words is not None}
    await noting.note(actor=f"staff:{by}", action="surveys.wave_worded", subject=wave, detail=detail, at=at)


async def known(*, wave: UUID, language: str) -> Wave:
    """The wave, which invites by mail in ``language``. Raises WaveUnknown."""
    found = await listing.find(wave=wave)
    if found.channel != "email" or language not in found.languages:
        raise listing.WaveUnknown("errors.asking.wave_unknown")
    return found


async def require_fit(*, language: str, words: Words) -> None:
    """Nothing, when a wave may invite in ``words``. Raises Refusals."""
    await mails.require_fit(kind=KIND, language=language, words=words)
    if faults := [fault for field in ("subject", "wording") for fault in _objections(field, getattr(words, field))]:
        raise Refusals(faults)


async def own(*, wave: Wave, language: str) -> Words | None:
    """The wave's own words in ``language``, None for those of all invitations."""
    return await mails.kept(text=wave.texts[language]) if language in wave.texts else None


def sample(*, wave: Wave, language: str) -> Message:
    """An invitation of the wave to nobody yet, which asks what it does."""
    if wave.definition is None:
        return sampling.message(kind=KIND, language=language)
    leading = wave.definition.leading
    more = not rules.is_one_question(wave.definition)
    marks = rules.marks(leading, language, more=more) if wave.named else None
    return sampling.message(
        kind=KIND,
        language=language,
        question=rules.words(leading, language),
        marks=None if marks is None else msgspec.json.encode(marks).decode(),
    )


def ours(*, wave: Wave, language: str) -> Words:
    """Our words for the wave's invitation, which promise one question only where it is one."""
    more = tapping.taps(sample(wave=wave, language=language), language).more
    return sampling.ours(kind=KIND, language=language, more=more)


def _objections(field: str, said: str) -> list[Refused]:
    seen = letters.visible(said)
    patterns = [("friends", wordings.FRIENDS), *(("protected", each) for each in wordings.PROTECTED.values())]
    for name, pattern in patterns:
        if match := pattern.search(seen):
            return [Leading(f"errors.asking.words.{name}", field=field, word=match[0])]
    return []
