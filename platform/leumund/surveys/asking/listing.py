"""Waves as they stand: one by its id, and all of them, newest first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.kit.faults import Unknown
from leumund.surveys.asking import rules
from leumund.surveys.asking.putting import Asking
from leumund.surveys.asking.rules import Goal, State
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio.publishing import Published

_OWN = (
    *("id", "key", "channel", "segment", "includes_c", "sample_size", "sample_percent", "seed", "languages", "quiet"),
    *("starts_at", "lasts_days", "reminders", "remind_after_days", "control_percent", "goal", "texts", "planned_at"),
    *("planned_by", "released_at", "begun_at", "asked_at", "ends_at", "ended_at", "end_reason", "survey"),
)
# What the wave asks: the version it began with, and before that the one it would begin with now.
_ROWS = f"""
SELECT {", ".join(f"w.{name}" for name in _OWN)}, s.version, s.named, s.definition
FROM survey_wave w LEFT JOIN LATERAL (
    SELECT version, named, definition FROM survey
    WHERE survey.id = w.survey OR (w.survey IS NULL AND survey.key = w.key) ORDER BY version DESC LIMIT 1
) s ON true
"""  # noqa: S608 - ours alone
_ONE = f"{_ROWS} WHERE w.id = $1"
_ALL = f"""
{_ROWS} WHERE $1::timestamptz IS NULL OR (w.planned_at, w.id) < ($1, $2::uuid)
ORDER BY w.planned_at DESC, w.id DESC LIMIT $3
"""


class WaveUnknown(Unknown):
    """There is no such wave."""


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """A wave with what it asks; ``definition`` is None where its survey was never published."""

    id: UUID
    key: str
    channel: str
    segment: UUID | None
    includes_c: bool
    sample_size: int | None
    sample_percent: int | None
    seed: int
    languages: list[str]
    quiet: bool
    starts_at: datetime | None
    lasts_days: int
    reminders: int
    remind_after_days: int
    control_percent: int
    goal: Goal
    texts: Mapping[str, UUID]
    planned_at: datetime
    planned_by: str
    released_at: datetime | None
    begun_at: datetime | None
    asked_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    survey: UUID | None
    version: int | None
    named: bool | None
    definition: Definition | None

    def state(self, at: datetime) -> State:
        """How it stands at ``at``."""
        return rules.state(
            released_at=self.released_at,
            begun_at=self.begun_at,
            asked_at=self.asked_at,
            ends_at=self.ends_at,
            end_reason=self.end_reason,
            at=at,
        )

    def asking(self, *, link_days: int, at: datetime) -> Asking:
        """What somebody is asked by this wave, which has begun, at ``at``."""
        assert self.survey is not None, "a wave that has begun has its version"
        told = {name: getattr(self, name) for name in ("key", "version", "definition", "named")}
        return Asking(
            survey=Published(id=self.survey, **told),
            channel=self.channel,
            quiet=self.quiet,
            expires_at=rules.expires(at, link_days=link_days, ends_at=self.ends_at),
            wave=self.id,
            texts=self.texts,
        )

    def title(self, lang: str) -> str:
        """What its survey is called."""
        return self.key if self.definition is None else self.definition.title(lang)


async def find(*, wave: UUID) -> Wave:
    """Raises WaveUnknown."""
    rows = await ground.fetch(_ONE, wave)
    if not rows:
        raise WaveUnknown("errors.asking.wave_unknown")
    return _wave(rows[0])


async def every(*, after: str | None = None, limit: int = 50) -> Page[Wave]:
    """All waves, the last planned first; one query. Raises BadCursor."""
    rows = await ground.fetch(_ALL, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([_wave(row) for row in rows], limit=limit, stands=lambda wave: (wave.planned_at, wave.id))


def _wave(row: dict[str, Any]) -> Wave:
    definition, texts = row.pop("definition"), msgspec.json.decode(row.pop("texts"), type=dict[str, UUID])
    return Wave(**row, texts=texts, definition=None if definition is None else defining.read(definition))
