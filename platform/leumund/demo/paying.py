"""Linden's accountant gathers what is due, the owner looks at it too, and somebody notes what arrived."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from leumund.payouts import approving, batching, collecting, recording, submitting

_WAY, _CURRENCY = "manual", "EUR"


class Payers(NamedTuple):
    """The members who pay: what the one gathered the other approves."""

    accountant: UUID
    owner: UUID


async def paid(desk: Payers, *, at: datetime) -> None:
    """All that is due at ``at`` is gathered, looked at by two, sent, and two days later in the accounts."""
    due = await collecting.due(way=_WAY, currency=_CURRENCY, at=at)
    batch = await gathered(desk, at=at)
    looked_at = at + timedelta(hours=3)
    became = await approving.approve(batch=batch, seen_cents=due.cents, by=desk.owner, at=looked_at)
    assert became == "approved", "nothing of it was taken back meanwhile"
    await submitting.send(batch=batch, by=desk.accountant, at=looked_at)
    arrived_at = at + timedelta(days=2)
    await recording.arrived(batch=batch, reference="Sammelüberweisung 1", by=desk.accountant, at=arrived_at)


async def gathered(desk: Payers, *, at: datetime) -> UUID:
    """A batch of all that is due, which waits for another pair of eyes."""
    return await batching.draft(way=_WAY, currency=_CURRENCY, by=desk.accountant, at=at)
