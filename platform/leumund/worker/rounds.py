"""Go a round again and again until told to stop; a lost or busy database ends none and is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from leumund.kit.ground import Connection
from leumund.tenancy.database.reaching import LOST, Reaching


async def go(
    pool: asyncpg.Pool,
    stop: asyncio.Event,
    look: Callable[[Connection], Awaitable[object]],
    *,
    every_seconds: float,
    what: str,
) -> None:
    """Have ``look`` look over a connection of ``pool``; ``what`` is what the log calls it."""
    reaching = Reaching(what)
    while not stop.is_set():
        try:
            async with pool.acquire() as connection:
                await look(connection)
            reaching.reached()
        except LOST as fault:
            reaching.lost(fault)
        await pause(stop, every_seconds)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, and no longer than until ``stop`` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
