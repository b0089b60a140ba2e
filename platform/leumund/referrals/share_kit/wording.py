"""Word what is shared: a company's own words for each program, way and language, as versions, or ours again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Overtaken, Unknown
from leumund.referrals.share_kit import linting
from leumund.referrals.share_kit.channels import CHANNELS
from leumund.referrals.share_kit.linting import Words

_LATEST = """
SELECT DISTINCT ON (channel) channel, subject, wording FROM share_text
WHERE program = $1 AND language = $2 ORDER BY channel, version DESC
"""
_OWN = """
SELECT channel, language FROM (
    SELECT DISTINCT ON (channel, language) channel, language, wording FROM share_text
    WHERE program = $1 ORDER BY channel, language, version DESC) AS newest
WHERE wording IS NOT NULL
"""
_VERSIONS = """
SELECT id, version, subject, wording, written_by, written_at FROM share_text
WHERE (program, language, channel) = ($1, $2, $3) ORDER BY version DESC
"""
_NEXT = """
INSERT INTO share_text (id, program, language, channel, version, subject, wording, written_by, written_at)
SELECT $1, $2, $3, $4, $5 + 1, $6, $7, $8, $9
WHERE $5 = (SELECT coalesce(max(version), 0) FROM share_text WHERE (program, language, channel) = ($2, $3, $4))
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


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where words count: in a program, for a language and a way."""

    program: UUID
    language: str
    channel: str


class NoSuchChannel(Unknown):
    """Nobody shares that way."""


class Meanwhile(Overtaken):
    """Somebody else changed the words since these were begun."""


def require_known(channel: str) -> None:
    """Nothing, when there is such a way. Raises NoSuchChannel."""
    if channel not in CHANNELS:
        raise NoSuchChannel("errors.share.channel")


async def current(*, program: UUID, language: str) -> Mapping[str, Words]:
    """The company's own words by way, in ``language``; a way that has ours is not among them. One query."""
    rows = await ground.fetch(_LATEST, program, language)
    return {row["channel"]: Words(row["subject"] or "", row["wording"]) for row in rows if row["wording"] is not None}


async def own(*, program: UUID) -> set[tuple[str, str]]:
    """In which ways, each in which language, the company's own words count."""
    return {(row["channel"], row["language"]) for row in await ground.fetch(_OWN, program)}


async def versions(*, place: Place) -> list[Version]:
    """Every version there was, the newest first."""
    rows = await ground.fetch(_VERSIONS, place.program, place.language, place.channel)
    return msgspec.convert([dict(row) for row in rows], list[Version])


async def word(
    *, place: Place, words: Words | None, values: Mapping[str, str], after: int, by: UUID, at: datetime
) -> None:
    """Let ``words`` be shared at ``place``, or ours again with None; ``after`` is the version they were begun from.

    ``values`` are what they may name, as today. Raises NoSuchChannel, Refusals, Meanwhile.
    """
    require_known(place.channel)
    said: tuple[str | None, str | None] = (None, None)
    if words is not None:
        linting.require_fit(channel=place.channel, words=words, values=values)
        said = (words.subject if CHANNELS[place.channel].longest_subject else None, words.wording)
    row = (uuid4(), place.program, place.language, place.channel, after, *said, by, at)
    if not await ground.execute(_NEXT, *row):
        raise Meanwhile("errors.messages.words.meanwhile")
    detail = {"channel": place.channel, "language": place.language, "version": after + 1}
    action = "share.restored" if words is None else "share.worded"
    await noting.note(actor=f"staff:{by}", action=action, subject=place.program, detail=detail, at=at)
