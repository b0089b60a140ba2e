"""Connections pooled per company, each logged in as that company's own role.

A connection never changes hands between companies, so nothing can be left switched on it. The number of companies held
warm is bounded: ``ceiling`` connections over ``per_company`` each; the least recently used idle company gives way.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from leumund.tenancy.database.reaching import NOT_LET_IN, Reaching
from leumund.tenancy.directory import Tenant

OpenPool = Callable[[str, int], Awaitable[asyncpg.Pool]]


class Busy(Exception):
    """All connections are in use and none came free in time, or there are none; the caller may try again."""


class _Held:
    def __init__(self, pool: asyncpg.Pool, version: int) -> None:
        self.pool = pool
        self.version = version
        self.users = 0
        self.outlived = False


class Pools:
    """At most ``ceiling`` connections over all companies; ``open_pool(role, size)`` makes one company's."""

    def __init__(self, open_pool: OpenPool, *, ceiling: int, per_company: int, wait_seconds: float = 10.0) -> None:
        assert ceiling >= per_company > 0, "the settings see to it"
        self._open_pool = open_pool
        self._most = ceiling // per_company
        self._per_company = per_company
        self._wait_seconds = wait_seconds
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._changed = asyncio.Condition()
        self._reaching = Reaching("companies")

    @asynccontextmanager
    async def connection(self, tenant: Tenant) -> AsyncIterator[PoolConnectionProxy]:
        """A connection as ``tenant``'s role. Raises Busy."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                held = await self._hold(tenant)
        except TimeoutError:
            raise Busy("no room for another company") from None
        try:
            borrowed = await self._borrowed(held)
            try:
                yield borrowed
            finally:
                await held.pool.release(borrowed)
        finally:
            held.users -= 1
            if held.users == 0:
                await self._drop_if_outlived(tenant.schema_name)
                await self._tell()

    async def _borrowed(self, held: _Held) -> PoolConnectionProxy:
        try:
            borrowed = await held.pool.acquire(timeout=self._wait_seconds)
        except TimeoutError:
            raise Busy("this company's connections are all in use") from None
        except NOT_LET_IN as fault:
            self._reaching.lost(fault)
            raise Busy("the database cannot be reached") from fault
        self._reaching.reached()
        return borrowed

    def companies(self) -> set[str]:
        """Whose connections are held, by their schemas' names."""
        return set(self._held)

    async def keep(self, standing: Mapping[str, int]) -> None:
        """Hold no connection but of companies in ``standing``, at that version; those in use go once they are free."""
        for schema_name, held in list(self._held.items()):
            held.outlived = standing.get(schema_name) != held.version
            await self._drop_if_outlived(schema_name)
        await self._tell()

    def connections(self) -> int:
        """How many connections are open now."""
        return sum(held.pool.get_size() for held in self._held.values())

    async def close(self) -> None:
        """Close every pool once its borrowers are done."""
        for held in list(self._held.values()):
            await held.pool.close()
        self._held.clear()

    async def _hold(self, tenant: Tenant) -> _Held:
        held = self._held.get(tenant.schema_name)
        if held is None or held.version != tenant.version:
            held = await self._make_room(tenant)
        self._held.move_to_end(tenant.schema_name)
        held.users += 1
        return held

    async def _make_room(self, tenant: Tenant) -> _Held:
        async with self._changed:
            while True:
                held = self._held.get(tenant.schema_name)
                if held is not None and held.version == tenant.version:
                    return held
                if held is not None and held.users == 0:
                    # A migration has passed: what these connections prepared may no longer fit.
                    await self._drop(tenant.schema_name)
                elif held is None and len(self._held) < self._most:
                    pool = await self._open_pool(tenant.schema_name, self._per_company)
                    self._held[tenant.schema_name] = _Held(pool, tenant.version)
                elif held is not None or not await self._drop_idle():
                    await self._changed.wait()

    async def _drop_if_outlived(self, schema_name: str) -> None:
        held = self._held.get(schema_name)
        if held is not None and held.outlived and held.users == 0:
            await self._drop(schema_name)

    async def _drop_idle(self) -> bool:
        idle = next((name for name, held in self._held.items() if held.users == 0), None)
        if idle is not None:
            await self._drop(idle)
        return idle is not None

    async def _drop(self, schema_name: str) -> None:
        await self._held.pop(schema_name).pool.close()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
