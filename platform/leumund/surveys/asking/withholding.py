"""Write down who is not asked, or not reminded, and why; and count it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.surveys.asking.rules import Reason

_KEEP = """
INSERT INTO survey_held (wave, key, customer, step, reason, at)
SELECT $1, $2, person, $3, reason, $4 FROM unnest($5::uuid[], $6::text[]) AS held (person, reason)
"""
# Of whoever is left in a wave, in one statement however many they are.
_REST = """
WITH gone AS (DELETE FROM survey_wave_person WHERE wave = $1 RETURNING customer)
INSERT INTO survey_held (wave, key, customer, step, reason, at) SELECT $1, $2, customer, 0, $3, $4 FROM gone
"""
_MINUTES = 10
_COUNTS = "SELECT step, reason, count(*) AS people FROM survey_held WHERE wave = $1 GROUP BY step, reason"


async def note(*, wave: UUID | None, key: str, step: int = 0, reasons: Mapping[UUID, Reason], at: datetime) -> None:
    """Why each of ``reasons`` is not asked; ``step`` 0 is the invitation, 1 and 2 are the reminders."""
    if reasons:
        await ground.execute(_KEEP, wave, key, step, at, list(reasons), list(reasons.values()))


async def note_rest(*, wave: UUID, key: str, reason: Reason, at: datetime) -> int:
    """Let the wave ask nobody it has not asked yet, for one ``reason``; returns how many those are."""
    async with ground.sweeping(minutes=_MINUTES):
        return await ground.execute(_REST, wave, key, reason, at)


async def counts(*, wave: UUID) -> dict[int, dict[str, int]]:
    """How many were held back, by step and reason."""
    found: dict[int, dict[str, int]] = {}
    for row in await ground.fetch(_COUNTS, wave):
        found.setdefault(row["step"], {})[row["reason"]] = row["people"]
    return found
