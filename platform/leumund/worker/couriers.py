"""Carry events to the endpoints of companies: strangers' machines, for which no connection and no transaction waits."""

from datetime import datetime
from uuid import UUID

from leumund.events import delivering
from leumund.events.carrying import Courier
from leumund.kit import clock
from leumund.worker.working import Errand, Inside


def errand(courier: Courier) -> Errand:
    """The errand of ``telling.KIND``."""

    async def deliver(inside: Inside, subject: UUID, at: datetime) -> None:
        async with inside():
            due = await delivering.take(delivery=subject, at=at)
        if due is not None:
            carried = await courier.carry(due, at=clock.now())
            async with inside():
                await delivering.keep(due=due, carried=carried, at=clock.now())

    return Errand(deliver)
