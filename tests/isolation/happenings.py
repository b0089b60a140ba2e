"""What was reported of a company's customer, and a wave that has asked nobody yet."""

from datetime import datetime
from uuid import UUID

from leumund.surveys.asking import hearing, planning
from leumund.surveys.asking.hearing import Event
from leumund.surveys.asking.planning import Plan
from tests import polled


async def leave(mark: str, *, customer: UUID, at: datetime) -> None:
    """An event with a fact of ``mark``, somebody held back, and a plan."""
    facts = {"at": mark}
    event = Event(
        ref=f"T-{mark}", customer=customer, survey="nps", name="support.closed", happened_at=at, attributes=facts
    )
    await hearing.hear(event=event, at=at)
    await polled.invite([customer], languages=["de"], at=at)
    await planning.plan(plan=Plan(key="nps", languages=["de"]), actor="system:test", at=at)
