"""What the directory no longer says, no process holds on to: the word of a change reaches all of them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from leumund.demo import staging
from leumund.kit import ground
from leumund.operating import closing, office
from leumund.tenancy import announcing, directory, listening
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import erasing
from leumund.tenancy.listening import Look
from tests.conftest import NOON

# A web process's memory as it is in production, but for its trust in what it remembers: that lasts for ever, so only
# the word of a change can make it look again. It says whom it serves at a host as often as it is asked.
REMEMBERING = """
import asyncio, sys
from leumund.kit import environment as environments
from leumund.tenancy import deployment as deployments, directory, listening

directory.FRESH_SECONDS = 1e9

async def main():
    async with deployments.opened(environments.read(), role="web") as deployment:
        if "deaf" in sys.argv:
            await answer(deployment)
        async with listening.told(deployment, role=deployment.server.web_role):
            await answer(deployment)

async def answer(deployment):
    while line := await asyncio.to_thread(sys.stdin.readline):
        tenant = await deployment.directory.by_host(line.strip())
        print(tenant.slug if tenant else "nobody", flush=True)
    sys.exit()

asyncio.run(main())
"""
Ask = Callable[[str], Awaitable[str]]


@asynccontextmanager
async def process(deployment: Deployment, *arguments: str) -> AsyncIterator[Ask]:
    """A process of its own; the yielded function asks it whom it serves at a host."""
    environment = {**os.environ, **staging.environment_of(deployment.settings)}
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-c", REMEMBERING, *arguments, stdin=-1, stdout=-1, env=environment
    )
    assert started.stdin is not None
    assert started.stdout is not None

    async def ask(host: str) -> str:
        started.stdin.write(host.encode() + b"\n")
        return (await asyncio.wait_for(started.stdout.readline(), 120)).decode().strip()

    try:
        yield ask
    finally:
        started.kill()
        await started.wait()


async def until(ask: Callable[[], Awaitable[object]], answer: object) -> None:
    """Ask until it is answered so; the test's own time limit is the only clock."""
    async with asyncio.timeout(60):
        while await ask() != answer:  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.01)


async def close(deployment: Deployment, tenant: Tenant) -> None:
    async with office.inside(deployment) as desk:
        await closing.close(desk, slug=tenant.slug, actor="system:test", at=NOON)


async def test_two_processes_refuse_a_company_as_soon_as_it_is_closed(deployment: Deployment, company: Tenant):
    async with process(deployment) as one, process(deployment) as other, process(deployment, "deaf") as deaf:
        for ask in (one, other, deaf):
            assert await ask(company.host) == company.slug
        await close(deployment, company)
        for ask in (one, other):
            await until(lambda ask=ask: ask(company.host), "nobody")
        assert await deaf(company.host) == company.slug, (
            "without the word it is remembered: so it is the word that tells"
        )


@pytest.fixture
async def told(deployment: Deployment, company: Tenant, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Deployment]:
    """The tests' own deployment, listening as a web process does; what it heard of ``company`` is behind it.

    Whoever comes in while a look is being taken is let go with what the directory no longer says, and comes again.
    """
    keep, looked = deployment.scopes.keep, asyncio.Event()

    async def kept(standing: Any) -> None:
        await keep(standing)
        looked.set()

    monkeypatch.setattr(deployment.scopes, "keep", kept)
    async with listening.told(deployment, role=deployment.server.web_role):
        await asyncio.wait_for(looked.wait(), 60)
        yield deployment


async def test_a_company_that_closes_loses_its_connections_and_its_keys_here(told: Deployment, company: Tenant):
    async with told.scopes.inside(company):
        assert await ground.fetch("SELECT 7 AS answer") == [{"answer": 7}]
    assert company.schema_name in told.pools.companies()
    assert company.id in told.scopes.companies()
    await close(told, company)
    await until(lambda: _held(told, company), (False, False))


async def test_connections_in_use_outlive_their_company_until_they_are_given_back(told: Deployment, company: Tenant):
    async with told.scopes.inside(company):
        await close(told, company)
        await until(lambda: _remembered_keys(told, company), False)
        assert await ground.fetch("SELECT 7 AS answer") == [{"answer": 7}]
    assert company.schema_name not in told.pools.companies()


async def test_an_erased_company_is_held_nowhere(told: Deployment, company: Tenant):
    async with told.scopes.inside(company):
        pass
    await erasing.erase(told.server, company, at=NOON)
    await until(lambda: _held(told, company), (False, False))


async def test_a_migrated_company_keeps_its_keys_and_loses_its_old_connections(told: Deployment, company: Tenant):
    async with told.scopes.inside(company):
        pass
    owner = await servers.connect_owner(told.server)
    try:
        async with owner.transaction():
            await owner.execute("UPDATE platform.tenant SET version = version + 1 WHERE id = $1", company.id)
            await announcing.announce(owner)
    finally:
        await owner.close()
    await until(lambda: _held(told, company), (False, True))


async def test_whoever_listens_again_after_a_loss_looks_at_once(deployment: Deployment):
    looks = Looks()
    async with listening.listening(looks.connect(deployment), looks.look):
        await until(looks.count, 1)
        (pid,) = looks.pids
        owner = await servers.connect_owner(deployment.server)
        try:
            await owner.execute(f"GRANT {deployment.server.web_role} TO CURRENT_USER")
            await owner.execute("SELECT pg_terminate_backend($1)", pid)
            await owner.execute(f"REVOKE {deployment.server.web_role} FROM CURRENT_USER")
        finally:
            await owner.close()
        await until(looks.count, 2)
        assert len(looks.pids) == 2


async def test_a_companys_flood_of_words_costs_few_looks_and_is_not_believed(deployment: Deployment, company: Tenant):
    looks = Looks()
    async with listening.listening(looks.connect(deployment), looks.look):
        await until(looks.count, 1)
        mallory = await servers.connect_as(deployment.server, deployment.settings, company.schema_name)
        began = asyncio.get_running_loop().time()
        try:
            for number in range(500):
                await mallory.execute("SELECT pg_notify($1, $2)", announcing.CHANNEL, f"close {company.slug} {number}")
        finally:
            await mallory.close()
        elapsed = asyncio.get_running_loop().time() - began
        assert await looks.count() <= 3 + elapsed / listening._BETWEEN_LOOKS_SECONDS
    assert (await deployment.directory.by_slug(company.slug)).is_open


@pytest.mark.parametrize("turns", range(4))
async def test_whoever_is_told_to_end_as_the_word_comes_ends(turns: int):
    """A stop that is lost would leave the whole process waiting for its listener."""
    news = asyncio.Event()
    waiting = asyncio.create_task(listening._news_came(news))
    await asyncio.sleep(0)
    news.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    if waiting.cancel():
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_what_was_asked_before_the_word_came_is_not_remembered_after_it(company: Tenant, deployment: Deployment):
    """The answer was on its way when the company closed: it serves the one request and no other."""
    asked = SlowPool(deployment)
    slow = directory.Directory(asked, with_keys=True)  # type: ignore[arg-type]  # a pool as far as it is asked
    answer = asyncio.create_task(slow.by_host(company.host))
    await asked.answered.wait()
    await close(deployment, company)
    slow.forget()
    asked.given.set()
    assert await answer is not None
    assert await slow.by_host(company.host) is None


class SlowPool:
    """The directory's own pool, whose answers arrive when they are let."""

    def __init__(self, deployment: Deployment) -> None:
        self._pool = deployment.directory._pool
        self.answered, self.given = asyncio.Event(), asyncio.Event()

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        rows = await self._pool.fetch(sql, *arguments)
        self.answered.set()
        await self.given.wait()
        return list(rows)


class Looks:
    """Counts looks, and remembers the connections they were made over."""

    def __init__(self) -> None:
        self.pids: list[int] = []
        self._looks = 0

    def connect(self, deployment: Deployment) -> listening.Connect:
        async def connect() -> asyncpg.Connection:
            connection = await servers.connect_as(deployment.server, deployment.settings, deployment.server.web_role)
            self.pids.append(connection.get_server_pid())
            return connection

        return connect

    @property
    def look(self) -> Look:
        async def look() -> None:
            self._looks += 1

        return look

    async def count(self) -> int:
        return self._looks


async def _held(deployment: Deployment, tenant: Tenant) -> tuple[bool, bool]:
    return tenant.schema_name in deployment.pools.companies(), await _remembered_keys(deployment, tenant)


async def _remembered_keys(deployment: Deployment, tenant: Tenant) -> bool:
    return tenant.id in deployment.scopes.companies()
