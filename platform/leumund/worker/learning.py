"""Learn a company's model: its rows are read, a thread learns with none of them held, and what came out is written."""

import asyncio
from datetime import datetime
from uuid import UUID

from leumund.scoring import training
from leumund.worker.working import Inside


async def learn(inside: Inside, company: UUID, at: datetime) -> None:  # noqa: ARG001 - every errand is told its subject
    """The errand of ``training.KIND``; done twice at once, the second finds its version taken, and that is all."""
    async with inside():
        told = await training.gather(at=at) if await training.due(at=at) else None
    if told is None:
        return
    found = await asyncio.to_thread(training.weigh, told)
    async with inside():
        await training.settle(found, at=at)
