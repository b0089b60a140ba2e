"""Forms that have a mail sent: counted by where they come from, and answered as late to everybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request

from leumund.kit import clock
from leumund.messages.gate import pacing
from leumund.web import entering, peers

# Longer than a sign-up takes, and nothing to whoever just filled in a form.
_LEAST_SECONDS = 0.25


async def count(request: Request[Any, Any, Any], *, link: str = "") -> None:
    """Count this form before its deed, in a transaction of its own. Raises pacing.TooMany."""
    async with entering.inside(request):
        await pacing.count(peer=peers.place(request), link=link, at=clock.now())


@asynccontextmanager
async def evened() -> AsyncIterator[None]:
    """What is done in here takes as long for who is known as for who is not, so that nobody learns it by a clock."""
    running = asyncio.get_running_loop()
    began = running.time()
    yield
    await asyncio.sleep(began + _LEAST_SECONDS - running.time())
