"""Hear that the directory has changed, and hold on to nothing it no longer says.

One connection a process, of the process's own role, straight to the server: a pooler in transaction mode forgets who
listens. After a loss everything may have changed, so everything is forgotten. What is never heard of is asked anew
after directory.FRESH_SECONDS all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg

from leumund.tenancy.announcing import CHANNEL
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.reaching import LOST, Reaching
from leumund.tenancy.deployment import Deployment

Look = Callable[[], Awaitable[None]]
Connect = Callable[[], Awaitable[asyncpg.Connection]]
# However often the word comes, we look no more often than this: a flood of it slows nobody else down.
_BETWEEN_LOOKS_SECONDS = 0.1
_RECONNECT_SECONDS = 1.0
# A connection whose other end is gone says nothing, like one on which nothing happens; so it is asked.
_SILENCE_SECONDS = 30.0


@asynccontextmanager
async def told(deployment: Deployment, *, role: str) -> AsyncIterator[None]:
    """Keep what ``deployment`` remembers as the directory says it, listening as ``role``, until the block ends."""

    async def connect() -> asyncpg.Connection:
        return await servers.connect_as(deployment.server, deployment.settings, role)

    async def look() -> None:
        deployment.directory.forget()
        scopes = deployment.scopes
        standing = await deployment.directory.standing(schemas=scopes.schemas(), tenants=scopes.companies())
        await scopes.keep({row["id"]: (row["schema_name"], row["version"]) for row in standing})

    async with listening(connect, look):
        yield


@asynccontextmanager
async def listening(connect: Connect, look: Look) -> AsyncIterator[None]:
    """Call ``look`` when the word has come, and after each connection made, until the block ends."""
    hearing = asyncio.create_task(_hear(connect, look))
    try:
        yield
    finally:
        hearing.cancel()
        with suppress(asyncio.CancelledError):
            await hearing


async def _hear(connect: Connect, look: Look) -> None:
    word = Reaching("directory_word")
    while True:
        try:
            await _hear_until_lost(connect, look, word)
        except LOST as fault:
            word.lost(fault)
        await asyncio.sleep(_RECONNECT_SECONDS)


async def _hear_until_lost(connect: Connect, look: Look, word: Reaching) -> None:
    news = asyncio.Event()
    connection = await connect()
    try:
        connection.add_termination_listener(lambda _: news.set())
        await connection.add_listener(CHANNEL, lambda *_: news.set())
        word.reached()
        # What was said before we listened we have not heard.
        news.set()
        while not connection.is_closed():
            if await _news_came(news):
                await look()
                await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)
            else:
                await connection.execute("SELECT", timeout=_SILENCE_SECONDS)
    finally:
        connection.terminate()


async def _news_came(news: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        # Not wait_for: where the news comes as we are told to end, Python 3.11 loses that we were.
        async with asyncio.timeout(_SILENCE_SECONDS):
            await news.wait()
    came = news.is_set()
    news.clear()
    return came
