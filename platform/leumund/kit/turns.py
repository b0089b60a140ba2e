"""Long work in turns: whoever else waits for this process gets theirs every few milliseconds."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")
_ITEMS_A_TURN = 50


async def taken(items: Iterable[T]) -> AsyncIterator[T]:
    """``items`` one after the other, with a pause for everybody else now and then."""
    for place, item in enumerate(items):
        if place % _ITEMS_A_TURN == 0:
            await asyncio.sleep(0)
        yield item
