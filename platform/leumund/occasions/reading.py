"""Read occasions: as they stand, one with all it takes to run, and what there is at the company to build them of."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leumund.company import describing
from leumund.company.describing import Profile
from leumund.consent.texts import publishing
from leumund.customers.segments import reading as segments
from leumund.kit import ground
from leumund.kit.faults import Unknown
from leumund.kit.language import LANGUAGES
from leumund.messages.kinds import OF_THEIR_OWN
from leumund.messages.words import sampling
from leumund.occasions import checking, defining, resting
from leumund.occasions.checking import Around
from leumund.occasions.defining import Definition

_NOW = """
LEFT JOIN LATERAL (
    SELECT id, version, definition, texts, published_at FROM occasion_version
    WHERE occasion = o.id ORDER BY version DESC LIMIT 1) v ON true
LEFT JOIN LATERAL (
    SELECT state, actor, at FROM occasion_state WHERE occasion = o.id ORDER BY position DESC LIMIT 1) s ON true
"""
_STANDING = f"""
SELECT o.id, o.name, o.draft, o.revision, o.changed_at, v.version, v.definition, v.published_at,
    coalesce(s.state, 'draft') AS state, s.actor, s.at AS since,
    (SELECT count(*) FROM occasion_run r WHERE r.occasion = o.id AND r.state = 'waiting') AS waiting
FROM occasion o {_NOW}
"""  # noqa: S608 - ours alone
_RUNNING = f"""
SELECT o.id, o.planned_until_date, v.id AS version, v.definition, s.at AS since FROM occasion o {_NOW}
WHERE o.id = $1 AND s.state = 'running' FOR NO KEY UPDATE OF o
"""  # noqa: S608 - ours alone


class OccasionUnknown(Unknown):
    """No occasion of this company."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An occasion as it stands: what was ``published`` last, None for none, and whether the ``draft`` is another.

    ``state`` is draft, running, paused or ended, since when and by whom; ``waiting`` are people in it now.
    """

    id: UUID
    name: str
    draft: Definition
    revision: int
    changed_at: datetime
    version: int | None
    published: Definition | None
    published_at: datetime | None
    state: str
    actor: str | None
    since: datetime | None
    waiting: int

    @property
    def is_changed(self) -> bool:
        return self.draft != self.published

    @property
    def counts(self) -> Definition:
        """What counts: what was published, else what is drafted."""
        return self.published or self.draft


class Asked(NamedTuple):
    """A consent the company asks for: its title in each language, and over which channels."""

    titles: dict[str, str]
    channels: set[str]

    def title(self, lang: str) -> str:
        """In ``lang``, or the one there is."""
        return self.titles.get(lang) or next(iter(self.titles.values()))


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """All it takes to plan an occasion that runs ``since`` a moment."""

    id: UUID
    version: UUID
    definition: Definition
    since: datetime
    planned_until_date: date | None


async def every() -> list[Standing]:
    """All occasions, those that run first. One query."""
    order = "ORDER BY (s.state IS NOT DISTINCT FROM 'ended'), (s.state IS DISTINCT FROM 'running'), o.name, o.id"
    return [_standing(row) for row in await ground.fetch(f"{_STANDING} {order}")]


async def known(*, occasion: UUID) -> Standing:
    """One occasion. Raises OccasionUnknown."""
    rows = await ground.fetch(f"{_STANDING} WHERE o.id = $1", occasion)
    if not rows:
        raise OccasionUnknown("errors.occasions.unknown")
    return _standing(rows[0])


async def running(*, occasion: UUID) -> Running | None:
    """The occasion where it runs now, locked: of two who plan it one comes after the other."""
    rows = await ground.fetch(_RUNNING, occasion)
    if not rows:
        return None
    return Running(**{**rows[0], "definition": defining.read(rows[0]["definition"])})


async def around() -> Around:
    """What there is to build of; some five queries."""
    profile = await describing.profile()
    languages = spoken(profile)
    return Around(
        languages=languages,
        nights=await resting.nights(),
        purposes={key: asked.channels for key, asked in (await purposes()).items()},
        segments=[str(each.id) for each in await segments.every()],
        values={each: await sampling.values(kind=checking.KIND, language=each) for each in languages},
    )


async def purposes() -> Mapping[str, Asked]:
    """What the company asks consents for that an occasion may come for."""
    asked: dict[str, Asked] = {}
    for text in await publishing.all_current():
        if text.kind == "consent" and text.purpose not in OF_THEIR_OWN and {"email", "post"} & {*text.channels}:
            known = asked.setdefault(text.purpose, Asked(titles={}, channels=set()))
            known.titles[text.language] = text.title
            known.channels.update(text.channels)
    return asked


def spoken(profile: Profile) -> list[str]:
    """The languages mails are written in."""
    return [each for each in profile.languages if each in LANGUAGES] or [*LANGUAGES]


async def zone() -> ZoneInfo:
    """The company's clocks."""
    return ZoneInfo((await describing.profile()).time_zone)


def _standing(row: dict[str, Any]) -> Standing:
    published = row.pop("definition")
    draft = defining.read(row.pop("draft"))
    return Standing(**row, draft=draft, published=defining.read(published) if published else None)
