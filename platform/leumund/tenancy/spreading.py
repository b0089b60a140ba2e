"""Work on the whole fleet is spread over a few connections of the owner's, each renewed before it grows slow."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import asyncpg

from leumund.tenancy.database.server import Server, as_owner

Item = TypeVar("Item")
# Each company's tables end what a connection has planned and fill what it remembers of the catalog.
_ITEMS_A_CONNECTION = 50


async def spread(
    server: Server, items: Iterable[Item], *, jobs: int, deed: Callable[[asyncpg.Connection, Item], Awaitable[None]]
) -> None:
    """Do ``deed`` to each item, ``jobs`` at a time; what one raises ends all, and those in hand are rolled back."""
    assert jobs > 0, "somebody works"
    waiting = deque(items)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(jobs, len(waiting))):
                group.create_task(_work(server, waiting, deed))
    except BaseExceptionGroup as several:
        # One fault is told as if there had been one connection; a lost server fails them all alike.
        raise several.exceptions[0] from several


async def _work(
    server: Server, waiting: deque[Item], deed: Callable[[asyncpg.Connection, Item], Awaitable[None]]
) -> None:
    while waiting:
        async with as_owner(server) as connection:
            for _ in range(_ITEMS_A_CONNECTION):
                if not waiting:
                    break
                await deed(connection, waiting.popleft())
