"""Gauge how many of those who were asked answer: over all surveys, by channel, month and wave, and who was not asked.

Of an anonymous survey nothing is told of fewer than five answers: what one wave (those of fewer than five people
together) got of one month over one channel is counted nowhere where it is that little. So no sum holds it, and no two
sums tell of it by their difference, whatever they are drawn up by.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.surveys.asking import rules
from leumund.surveys.asking.rules import Rate
from leumund.surveys.rules import LEAST_CELL

_Name = TypeVar("_Name")
# What its mails became says whether an invitation reached anybody, as with a single wave (counting). Mails go sooner
# than invitations do: of whom it is not known any more, it is taken that they were reached, which makes no rate higher.
_REACHED = "i.channel = 'portal' OR m.invitation IS NULL OR m.arrived"
_CELLS = f"""
WITH mailed AS (
    SELECT m.subject_id AS invitation, bool_or(m.state = 'sent' AND r.message IS NULL) AS arrived
    FROM message m LEFT JOIN mail_return r ON r.message = m.id AND r.kind = 'permanent'
    WHERE m.kind IN ('survey_invitation', 'survey_reminder') AND m.created_at >= $1
    GROUP BY m.subject_id
), asked AS (
    SELECT s.key, bool_or(s.named) AS named, i.wave, i.channel,
        date_trunc('month', i.invited_at AT TIME ZONE $4)::date AS month, min(i.invited_at) AS first_at,
        count(*) AS asked, count(*) FILTER (WHERE {_REACHED}) AS reached,
        count(i.answered_at) AS answered,
        count(i.answered_at) FILTER (WHERE {_REACHED}) AS reached_answered
    FROM survey_invitation i JOIN survey s ON s.id = i.survey LEFT JOIN mailed m ON m.invitation = i.id
    WHERE i.invited_at >= $1 AND i.invited_at < $2 AND ($3 = '' OR s.key = $3)
    GROUP BY s.key, i.wave, i.channel, month
)
SELECT key, bool_or(named) AS named, CASE WHEN asked >= $5 THEN wave END AS wave, channel, month,
    min(first_at) AS first_at, sum(asked)::bigint AS asked, sum(reached)::bigint AS reached,
    sum(answered)::bigint AS answered, sum(reached_answered)::bigint AS reached_answered
FROM asked GROUP BY 1, 3, channel, month ORDER BY month, key, channel
"""  # noqa: S608 - ours alone
_NOT_ASKED = """
SELECT step > 0 AS reminder, reason, count(*) AS people FROM survey_held
WHERE at >= $1 AND at < $2 AND ($3 = '' OR key = $3) GROUP BY 1, reason
"""
_MAILS_HELD = """
SELECT m.held_reason AS reason, count(DISTINCT i.id) AS people
FROM message m JOIN survey_invitation i ON i.id = m.subject_id JOIN survey s ON s.id = i.survey
WHERE m.kind = 'survey_invitation' AND m.state = 'held' AND m.created_at >= $1
  AND i.invited_at >= $1 AND i.invited_at < $2 AND ($3 = '' OR s.key = $3)
GROUP BY m.held_reason
"""
_FIRST = "SELECT min(published_at) AS at FROM survey"
MOST_WAVES = 50


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What one wave of a survey got in one month over one channel; ``wave`` is None for small ones and for events."""

    key: str
    named: bool
    wave: UUID | None
    channel: str
    month: date
    first_at: datetime
    asked: int
    reached: int
    answered: int
    reached_answered: int

    @property
    def is_told(self) -> bool:
        return rules.is_told(named=self.named, answered=self.answered)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """So many were asked, reached and answered; the answers of ``untold`` of those asked are not counted in."""

    asked: int
    reached: int
    answered: int
    untold: int
    rate: Rate


class OfWave(msgspec.Struct, frozen=True, kw_only=True):
    """A wave of at least five people, and when it first asked somebody."""

    wave: UUID
    key: str
    channel: str
    first_at: datetime
    told: Told


class Gauged(msgspec.Struct, frozen=True, kw_only=True):
    """Response over some time; ``held`` are people by when (asked, reminded, sent to) and why they were not."""

    whole: Told
    by_survey: Mapping[str, Told]
    by_channel: Mapping[str, Told]
    by_month: Mapping[date, Told]
    waves: Sequence[OfWave]
    more_waves: int
    held: Mapping[str, Mapping[str, int]]


async def gauge(*, since: datetime, until: datetime, key: str, time_zone: str) -> Gauged:
    """Of whoever was asked from ``since`` to ``until``, by the survey ``key`` or, where it is empty, by all.

    Three queries, each over the invitations of that time alone.
    """
    rows = await ground.fetch(_CELLS, since, until, key, time_zone, LEAST_CELL)
    cells = [Cell(**row) for row in rows]
    waves = _waves(cells)
    return Gauged(
        whole=told(cells),
        by_survey=_by(cells, lambda cell: cell.key),
        by_channel=_by(cells, lambda cell: cell.channel),
        by_month=_by(cells, lambda cell: cell.month),
        waves=waves[:MOST_WAVES],
        more_waves=max(0, len(waves) - MOST_WAVES),
        held=await _held(since, until, key),
    )


async def first_year(*, at: datetime) -> int:
    """Since when there is anything to be asked; one query over as many rows as there are versions."""
    first: datetime | None = (await ground.fetch(_FIRST))[0]["at"]
    return (first or at).year


def told(cells: Iterable[Cell]) -> Told:
    """The sum of ``cells``, of whose answers those alone are counted that may be."""
    every = list(cells)
    shown = [cell for cell in every if cell.is_told]
    return Told(
        asked=sum(cell.asked for cell in every),
        reached=sum(cell.reached for cell in every),
        answered=sum(cell.answered for cell in shown),
        untold=sum(cell.asked for cell in every) - sum(cell.asked for cell in shown),
        rate=rules.rate(
            reached=sum(cell.reached for cell in shown), answered=sum(cell.reached_answered for cell in shown)
        ),
    )


def _by(cells: Iterable[Cell], name: Callable[[Cell], _Name]) -> dict[_Name, Told]:
    parts: dict[_Name, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(name(cell), []).append(cell)
    return {each: told(own) for each, own in parts.items()}


def _waves(cells: Iterable[Cell]) -> list[OfWave]:
    """The latest first."""
    parts: dict[UUID, list[Cell]] = {}
    for cell in cells:
        if cell.wave is not None:
            parts.setdefault(cell.wave, []).append(cell)
    found = [
        OfWave(
            wave=wave,
            key=own[0].key,
            channel=own[0].channel,
            first_at=min(cell.first_at for cell in own),
            told=told(own),
        )
        for wave, own in parts.items()
    ]
    return sorted(found, key=lambda each: (each.first_at, each.wave), reverse=True)


async def _held(since: datetime, until: datetime, key: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {"": {}, "reminder": {}, "sending": {}}
    for row in await ground.fetch(_NOT_ASKED, since, until, key):
        found["reminder" if row["reminder"] else ""][row["reason"]] = row["people"]
    for row in await ground.fetch(_MAILS_HELD, since, until, key):
        found["sending"][row["reason"]] = row["people"]
    return found
