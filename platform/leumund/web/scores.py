"""A person's score as a page shows it: staff and the person read the same, from here."""

from typing import NamedTuple
from uuid import UUID

from leumund.scoring import reading, telling
from leumund.scoring.reading import Scored
from leumund.scoring.telling import Line, Outlook


class Told(NamedTuple):
    """A score, the sum it is, what would change it, and how it comes about."""

    scored: Scored
    lines: list[Line]
    outlook: list[Outlook]
    logic: list[str]


async def told(*, customer: UUID, language: str, currency: str) -> Told | None:
    """The score of ``customer`` in words, or None where there is none. One query, and three more where there is."""
    scored = await reading.of(customer=customer)
    if scored is None:
        return None
    changes = await reading.what_would_change(customer=customer, scored=scored)
    return Told(
        scored,
        telling.lines(scored, language=language, currency=currency),
        telling.outlook(changes, score=scored.told.score, language=language),
        telling.logic(scored.model, language=language),
    )
