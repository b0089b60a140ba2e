"""SIGTERM drains: the request in hand is answered, the job in hand is done, and both processes end well."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import httpx
import pytest

from leumund.demo import processes, staging
from leumund.kit import clock, ground
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import nightly
from tests import served
from tests.bench import linking

Follow = Callable[[int], Awaitable[None]]


class Ready(NamedTuple):
    """A deployment nobody serves yet, Linden in it, and the owner's connection to hold things up with."""

    deployment: Deployment
    tenant: Tenant
    environment: dict[str, str]
    owner: asyncpg.Connection


@pytest.fixture(scope="module")
async def ready(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ready]:
    async with staging.prepared(tmp_path_factory.mktemp("stage")) as stage:
        tenant = await served.brand(stage.deployment, "linden")
        owner = await servers.connect_owner(stage.deployment.server)
        # One process of the web: whoever is asked is the one that drains.
        environment = staging.environment_of(stage.deployment.settings) | {"LEUMUND_WEB_PROCESSES": "1"}
        try:
            yield Ready(stage.deployment, tenant, environment, owner)
        finally:
            await owner.close()


@asynccontextmanager
async def held_up(ready: Ready, table: str) -> AsyncIterator[None]:
    """Whoever asks for ``table`` stands still meanwhile."""
    async with ready.owner.transaction():
        await ready.owner.execute(f"LOCK TABLE {ready.tenant.schema_name}.{table} IN ACCESS EXCLUSIVE MODE")
        yield


async def somebody_waits(ready: Ready) -> None:
    async with asyncio.timeout(120):
        while not await ready.owner.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def ended(process: subprocess.Popen[bytes]) -> int:
    return await asyncio.to_thread(process.wait, 120)


async def test_a_request_in_hand_is_answered_and_its_click_is_counted(ready: Ready, tmp_path: Path):
    async with ready.deployment.scopes.inside(ready.tenant):
        code = await linking.a_code(at=clock.now())
    port = int(ready.environment["LEUMUND_LISTEN_PORT"])
    with processes.started("serve", ready.environment, log_path=str(tmp_path / "web.log")) as web:
        await asyncio.to_thread(processes.wait_for_port, web, port)
        async with httpx.AsyncClient(headers={"host": ready.tenant.host, "user-agent": "Firefox"}) as client:
            async with held_up(ready, "share_link"):
                asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/r/{code}", timeout=120))
                await somebody_waits(ready)
                web.send_signal(signal.SIGTERM)
                await asyncio.sleep(1)
                assert not asking.done(), "it waits for the row, and the server waits for it"
            assert (await asking).status_code == 302
        assert await ended(web) == 0
    async with ready.deployment.scopes.reading(ready.tenant):
        assert await ground.fetch("SELECT sum(clicks)::int AS clicks FROM click_count") == [{"clicks": 1}]


async def counted(ready: Ready) -> int:
    return int(
        await ready.owner.fetchval(f"SELECT coalesce(sum(clicks), 0) FROM {ready.tenant.schema_name}.click_count")
    )


async def until_counted(ready: Ready, wanted: int) -> None:
    async with asyncio.timeout(120):
        while await counted(ready) < wanted:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)


@asynccontextmanager
async def followed_by(ready: Ready, tmp_path: Path) -> AsyncIterator[tuple[subprocess.Popen[bytes], Follow]]:
    """A web process, and how often Anna's link shall be followed at it, all at once."""
    async with ready.deployment.scopes.inside(ready.tenant):
        code = await linking.a_code(at=clock.now())
    port = int(ready.environment["LEUMUND_LISTEN_PORT"])
    with processes.started("serve", ready.environment, log_path=str(tmp_path / "web.log")) as web:
        await asyncio.to_thread(processes.wait_for_port, web, port)
        async with httpx.AsyncClient(
            headers={"host": ready.tenant.host, "user-agent": "Firefox"}, timeout=120
        ) as client:

            async def follow(times: int) -> None:
                asked = [client.get(f"http://127.0.0.1:{port}/r/{code}") for _ in range(times)]
                assert {answer.status_code for answer in await asyncio.gather(*asked)} == {302}

            yield web, follow


async def test_every_click_that_was_answered_is_counted_by_a_process_that_is_told_to_end(ready: Ready, tmp_path: Path):
    before = await counted(ready)
    async with followed_by(ready, tmp_path) as (web, follow):
        await follow(1)
        # Nobody can write them down, so that all of them are still on their way.
        async with held_up(ready, "click_count"):
            await follow(60)
            await somebody_waits(ready)
            web.send_signal(signal.SIGTERM)
        assert await ended(web) == 0
    assert await counted(ready) == before + 61


async def test_a_process_that_is_killed_loses_what_was_clicked_since_the_last_round_alone(ready: Ready, tmp_path: Path):
    before = await counted(ready)
    async with followed_by(ready, tmp_path) as (web, follow):
        await follow(40)
        await until_counted(ready, before + 40)
        async with held_up(ready, "click_count"):
            await follow(5)
            # The whole group: the process that serves is a child of the one that was started.
            os.killpg(web.pid, signal.SIGKILL)
            await ended(web)
    assert await counted(ready) == before + 40, "what was written stays, and is counted once"
    async with followed_by(ready, tmp_path) as (_, follow):
        await follow(3)
        await until_counted(ready, before + 43)
    assert await counted(ready) == before + 43


async def test_the_job_in_hand_is_done_before_the_worker_goes(ready: Ready, tmp_path: Path):
    with ExitStack() as processes_of_ours:
        # The night's work comes to this table late, so it stands still in the middle until we let it go.
        async with held_up(ready, "staff_attempt"):
            worker = processes_of_ours.enter_context(
                processes.started("work", ready.environment, log_path=str(tmp_path / "worker.log"))
            )
            await somebody_waits(ready)
            worker.send_signal(signal.SIGTERM)
            await asyncio.sleep(1)
            assert worker.poll() is None, "it still holds the job"
        assert await ended(worker) == 0
    assert await ready.owner.fetchval("SELECT count(*) FROM outbox.night") == 1, "the night was planned"
    left = await ready.owner.fetchval("SELECT count(*) FROM outbox.job WHERE kind = $1", nightly.KIND)
    assert left == 0, "it was done, and its row is gone"
