"""Record a breach, and each step about it: nothing is written over, for the authority may ask what was known when."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import free_text, ground
from leumund.kit.faults import Refused, Unknown
from leumund.privacy.breaches import rules
from leumund.privacy.breaches.tables import WORDS, Breach, Step

HAPPENED = "happened"
# What a page says where somebody typed no number.
NO_NUMBER = -1
# Without words it tells of itself: that it was done, or that nothing more is to do.
_WORDLESS = ("authority_needed", "people_needed", "closed")
_MOST_WORDS = 5000
_LONG_AGO = timedelta(days=3650)
_OPEN = """
SELECT EXISTS (SELECT FROM breach_step WHERE breach = b.id AND what = 'closed') AS closed FROM breach b
WHERE id = $1
"""


class BreachUnknown(Unknown):
    """No breach of this company has this id."""


class WordsMissing(Refused):
    """What happened, what was found out, and why something is not done must be said."""


class NotCounted(Refused):
    """No number of people or records."""


class NotYet(Refused):
    """Known in the future, or longer ago than there were such duties."""


class BreachClosed(Refused):
    """Nothing follows the end."""


class StepUnknown(Refused):
    """No step is called so."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a step tells: its words, and how many people and records are concerned where that is known."""

    words: str = ""
    people: int | None = None
    records: int | None = None


async def record(*, words: str, known_at: datetime, actor: str, at: datetime) -> UUID:
    """Begin with what happened and when the company knew. Raises WordsMissing, free_text.TooLong, NotYet."""
    if not at - _LONG_AGO < known_at <= at:
        raise NotYet("errors.breaches.known_at", field="known_at")
    return await _begin(words, Breach(id=uuid4(), source="company", known_at=known_at, recorded_at=at), actor)


async def take_in(*, notice: UUID, words: str, actor: str, at: datetime) -> UUID | None:
    """Begin with what the operator tells (Art. 33(2)): from now on the company knows. None where it was told before."""
    if await ground.fetch("SELECT FROM breach WHERE notice = $1", notice):
        return None
    row = Breach(id=uuid4(), source="operator", notice=notice, known_at=at, recorded_at=at)
    return await _begin(words, row, actor)


async def take(*, breach: UUID, what: str, said: Said, actor: str, at: datetime) -> None:
    """Add a step. Raises BreachUnknown, StepUnknown, BreachClosed, WordsMissing, free_text.TooLong."""
    if what not in rules.STEPS:
        raise StepUnknown("errors.breaches.step", field="what")
    rows = await ground.fetch(_OPEN, breach)
    if not rows:
        raise BreachUnknown("errors.breaches.unknown")
    if rows[0]["closed"]:
        raise BreachClosed("errors.breaches.closed")
    await _add(breach, what, said, actor, at)
    await noting.note(actor=actor, action="breach.step_taken", subject=breach, detail={"step": what}, at=at)


async def _begin(words: str, row: Breach, actor: str) -> UUID:
    await Breach.insert(row)
    await _add(row.id, HAPPENED, Said(words=words), actor, row.recorded_at)
    await noting.note(actor=actor, action="breach.recorded", subject=row.id, at=row.recorded_at)
    breach: UUID = row.id
    return breach


async def _add(breach: UUID, what: str, said: Said, actor: str, at: datetime) -> None:
    told = free_text.checked(said.words, field="words", most=_MOST_WORDS)
    if not told and what not in _WORDLESS:
        raise WordsMissing("errors.breaches.words", field="words")
    step = uuid4()
    columns: dict[Any, Any] = {"id": step, "breach": breach, "at": at, "actor": actor, "what": what}
    columns["words_sealed"] = WORDS.keep(told, step)
    if what == "nature":
        _require_counts(said)
        columns |= {"people": said.people, "records": said.records}
    await Step.insert(Step(**columns))


def _require_counts(said: Said) -> None:
    """Raises NotCounted."""
    for field, count in (("people", said.people), ("records", said.records)):
        if count is not None and count < 0:
            raise NotCounted("errors.breaches.not_counted", field=field)
