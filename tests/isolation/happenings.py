"""What was reported of a company's customer, and a wave that asked nobody."""

from datetime import datetime
from uuid import UUID

from leumund.surveys.asking import hearing
from leumund.surveys.asking.hearing import Event
from tests import polled


async def leave(mark: str, *, customer: UUID, at: datetime) -> None:
    """An event with a fact of ``mark``, and somebody held back."""
    facts = {"at": mark}
    event = Event(
        ref=f"T-{mark}", customer=customer, survey="nps", name="support.closed", happened_at=at, attributes=facts
    )
    await hearing.hear(event=event, at=at)
    await polled.invite([customer], languages=["de"], at=at)
