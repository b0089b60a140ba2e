"""List breaches, the newest first, and tell all of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.privacy.breaches import rules
from leumund.privacy.breaches.recording import HAPPENED, BreachUnknown
from leumund.privacy.breaches.rules import Standing
from leumund.privacy.breaches.tables import WORDS

_MOST_LISTED = 200
_BREACHES = "SELECT id, source, known_at, recorded_at FROM breach"
_STEPS = """
SELECT id, breach, at, actor, what, words_sealed, people, records FROM breach_step
WHERE breach = ANY ($1::uuid[]) ORDER BY at, id
"""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step as it was taken."""

    at: datetime
    actor: str
    what: str
    words: str
    people: int | None
    records: int | None


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One breach with its story, and how it stands."""

    id: UUID
    source: str
    known_at: datetime
    recorded_at: datetime
    story: list[Taken]
    standing: Standing

    @property
    def happened(self) -> str:
        """What happened, as it was told first."""
        return self.story[0].words

    def newest(self, what: str) -> Taken | None:
        """The newest word on ``what``."""
        return next((step for step in reversed(self.story) if step.what == what), None)


async def every(*, at: datetime) -> list[Breach]:
    """The newest of them, as they stand."""
    return await _told(await ground.fetch(f"{_BREACHES} ORDER BY known_at DESC, id LIMIT $1", _MOST_LISTED), at)


async def find(*, breach: UUID, at: datetime) -> Breach:
    """Raises BreachUnknown."""
    found = await _told(await ground.fetch(f"{_BREACHES} WHERE id = $1", breach), at)
    if not found:
        raise BreachUnknown("errors.breaches.unknown")
    return found[0]


async def _told(rows: Sequence[dict[str, Any]], at: datetime) -> list[Breach]:
    steps: dict[UUID, list[Taken]] = {row["id"]: [] for row in rows}
    for step in await ground.fetch(_STEPS, list(steps)):
        steps[step["breach"]].append(_taken(step))
    return [
        Breach(**row, story=_begun(steps[row["id"]]), standing=_standing(row, steps[row["id"]], at)) for row in rows
    ]


def _begun(story: list[Taken]) -> list[Taken]:
    return sorted(story, key=lambda step: step.what != HAPPENED)


def _taken(row: dict[str, Any]) -> Taken:
    told = {name: row[name] for name in ("at", "actor", "what", "people", "records")}
    return Taken(**told, words=WORDS.tell(row["words_sealed"], row["id"]))


def _standing(row: dict[str, Any], story: Sequence[Taken], at: datetime) -> Standing:
    taken = dict.fromkeys(step.what for step in story)
    for either in (rules.AUTHORITY, rules.PEOPLE):
        decided = [step.what for step in story if step.what in either]
        # Of two decisions that exclude each other the newer one holds.
        for older in set(decided[:-1]) - set(decided[-1:]):
            taken.pop(older, None)
    told_at = next((step.at for step in story if step.what == "authority_told"), None)
    return rules.standing(taken=taken, known_at=row["known_at"], told_at=told_at, at=at)
