"""Go a round again and again until told to stop; a lost or busy database ends none and is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import structlog

from leumund.kit.ground import Connection

log = structlog.get_logger()


async def go(
    pool: asyncpg.Pool,
    stop: asyncio.Event,
    look: Callable[[Connection], Awaitable[object]],
    *,
    every_seconds: float,
    unreached: str,
) -> None:
    """Have ``look`` look over a connection of ``pool``; ``unreached`` is what the log says when it cannot."""
    while not stop.is_set():
        try:
            async with pool.acquire() as connection:
                await look(connection)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            log.warning(unreached, fault=type(fault).__name__)
        await pause(stop, every_seconds)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, and no longer than until ``stop`` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
