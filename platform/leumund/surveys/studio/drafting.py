"""Write the next version of a survey: kept right or wrong, until it is published or let go."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Overtaken, Refused, Unknown
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import publishing
from leumund.surveys.studio.publishing import NoSurvey, Published
from leumund.surveys.tables import SurveyDraft

# All of a draft's words in all its languages, with what stands around them.
MOST_LETTERS = 100_000
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?", re.ASCII)
_ONE = "SELECT key, definition, named, changed_at, changed_by FROM survey_draft WHERE key = $1"
_EVERY = "SELECT key, definition, named, changed_at, changed_by FROM survey_draft ORDER BY key"
_BEGIN = """
INSERT INTO survey_draft (id, key, definition, named, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key) DO NOTHING
"""
_CHANGE = """
UPDATE survey_draft SET definition = $2, named = $3, changed_at = greatest($4, changed_at + interval '1 microsecond'),
    changed_by = $5 WHERE key = $1
"""


class SurveyUnknown(Unknown):
    """There is no such survey, and no draft of one."""


class KeyUnfit(Refused):
    """What a survey is called in addresses and files is lower-case letters, digits and hyphens."""


class KeyTaken(Refused):
    """There is a survey by that name."""


class TooLarge(Refused):
    """More than anybody answers, and than can be read for what may not be asked each time it is looked at."""


class ChangedSince(Overtaken):
    """Somebody else has changed the draft since it was read."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the next version may become, who changed it last, and when."""

    key: str
    definition: Definition
    named: bool
    changed_at: datetime
    changed_by: UUID


class InWork(msgspec.Struct, frozen=True, kw_only=True):
    """A survey as it would be published next: drafted, else as it stands. ``seen`` tells one state from the next."""

    key: str
    definition: Definition
    named: bool
    draft: Draft | None
    published: Published | None

    @property
    def seen(self) -> str:
        if self.draft is not None:
            return self.draft.changed_at.isoformat()
        return f"v{self.published.version}" if self.published else ""


async def in_work(*, key: str) -> InWork:
    """Raises SurveyUnknown."""
    return await _in_work(key, _ONE)


async def held(*, key: str, seen: str) -> InWork:
    """As ``in_work``, and nobody changes the draft until this is done.

    Raises SurveyUnknown, and ChangedSince where ``seen`` is not how it stands.
    """
    work = await _in_work(key, f"{_ONE} FOR UPDATE")
    if work.seen != seen:
        raise ChangedSince("errors.studio.overtaken")
    return work


async def every() -> list[Draft]:
    """All drafts, by key."""
    return [_draft(row) for row in await ground.fetch(_EVERY)]


async def begin(*, key: str, definition: Definition, named: bool, member: UUID, at: datetime) -> None:
    """Draft a new survey. Raises KeyUnfit, KeyTaken."""
    if not _KEY.fullmatch(key):
        raise KeyUnfit("errors.studio.survey_key", field="key")
    if await _published(key) is not None:
        raise KeyTaken("errors.studio.survey_taken", field="key", value=key)
    if not await _begin(key, definition, named, member, at):
        raise KeyTaken("errors.studio.survey_taken", field="key", value=key)


async def change(
    *, key: str, seen: str, by: Callable[[InWork], tuple[Definition, bool]], member: UUID, at: datetime
) -> InWork:
    """Keep what ``by`` makes of the survey in work, right or not: its definition, and whether it is named.

    Raises SurveyUnknown, TooLarge, and ChangedSince where ``seen`` is not how it stands.
    """
    before = await held(key=key, seen=seen)
    definition, named = by(before)
    written = defining.write(definition)
    if len(written) > MOST_LETTERS:
        raise TooLarge("errors.studio.too_large")
    if before.published is not None:
        # Whether people are known was told to them with the first version.
        named = before.published.named
    if before.draft is None:
        if not await _begin(key, definition, named, member, at):
            raise ChangedSince("errors.studio.overtaken")
    else:
        await ground.execute(_CHANGE, key, written, named, at, member)
    return await in_work(key=key)


async def discard(*, key: str, seen: str) -> InWork:
    """Let the draft go as it was read; what went. Raises SurveyUnknown, ChangedSince."""
    work = await held(key=key, seen=seen)
    await drop(key=key)
    return work


async def drop(*, key: str) -> None:
    """Let the draft go; what is published stays."""
    await SurveyDraft.delete().where(SurveyDraft.key == key)


async def _in_work(key: str, query: str) -> InWork:
    rows, published = await ground.fetch(query, key), await _published(key)
    draft = _draft(rows[0]) if rows else None
    standing = draft or published
    if standing is None:
        raise SurveyUnknown("errors.studio.unknown")
    return InWork(key=key, definition=standing.definition, named=standing.named, draft=draft, published=published)


async def _begin(key: str, definition: Definition, named: bool, member: UUID, at: datetime) -> bool:
    return bool(await ground.execute(_BEGIN, uuid4(), key, defining.write(definition), named, at, member))


async def _published(key: str) -> Published | None:
    try:
        return await publishing.current(key=key)
    except NoSurvey:
        return None


def _draft(row: dict[str, object]) -> Draft:
    return msgspec.convert({**row, "definition": defining.read(str(row["definition"]))}, Draft)
