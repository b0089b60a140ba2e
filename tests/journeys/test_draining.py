"""SIGTERM drains: the request in hand is answered, the job in hand is done, and both processes end well."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from leumund.demo import processes, staging
from leumund.files import opening, reading
from leumund.kit import clock, ground, outbox, places
from leumund.tenancy import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.bench import linking


@pytest.fixture
async def linden_on_stage(tmp_path: Path) -> AsyncIterator[tuple[Deployment, Tenant, dict[str, str]]]:
    async with staging.staged(tmp_path) as stage:
        await opening.apply_folder(stage.deployment, reading.read(places.tenants() / "linden"))
        tenant = await stage.deployment.directory.by_slug("linden")
        port = processes.free_port()
        settings = stage.deployment.settings.model_copy(update={"listen_port": port, "web_processes": 1})
        yield stage.deployment, tenant, staging.environment_of(settings)


async def ended(process: subprocess.Popen[bytes]) -> int:
    return await asyncio.to_thread(process.wait, 20)


async def test_a_request_in_hand_is_answered_and_its_click_is_counted(
    linden_on_stage: tuple[Deployment, Tenant, dict[str, str]], tmp_path: Path
):
    deployment, tenant, environment = linden_on_stage
    async with deployment.scopes.inside(tenant):
        code = await linking.a_code(at=clock.now())
    owner = await servers.connect_owner(deployment.server)
    port = int(environment["LEUMUND_LISTEN_PORT"])
    log = tmp_path / "web.log"
    with processes.started("serve", environment, log_path=str(log)) as web:
        await asyncio.to_thread(processes.wait_for_port, web, port)
        async with httpx.AsyncClient(headers={"host": tenant.host, "user-agent": "Firefox"}) as client:
            locked = owner.transaction()
            await locked.start()
            await owner.execute(f"LOCK TABLE {tenant.schema_name}.share_link IN ACCESS EXCLUSIVE MODE")
            asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/r/{code}", timeout=30))
            await asyncio.sleep(1)
            web.send_signal(signal.SIGTERM)
            await asyncio.sleep(1)
            assert not asking.done(), "it waits for the row, and the server waits for it"
            await locked.rollback()
            assert (await asking).status_code == 200
        assert await ended(web) == 0, log.read_text()
    await owner.close()
    async with deployment.scopes.reading(tenant):
        assert await ground.fetch("SELECT sum(clicks)::int AS clicks FROM click_count") == [{"clicks": 1}]


async def test_the_job_in_hand_is_done_before_the_worker_goes(
    linden_on_stage: tuple[Deployment, Tenant, dict[str, str]], tmp_path: Path
):
    deployment, tenant, environment = linden_on_stage
    owner = await servers.connect_owner(deployment.server)
    locked = owner.transaction()
    await locked.start()
    # The deed of the job reads this table first, so it stands still in the middle until we let it go.
    await owner.execute(f"LOCK TABLE {tenant.schema_name}.reward IN ACCESS EXCLUSIVE MODE")
    async with deployment.scopes.inside(tenant):
        await outbox.enqueue(kind="rewards.release", subject=tenant.id, due_at=clock.now())
    log = tmp_path / "worker.log"
    with processes.started("work", environment, log_path=str(log)) as worker:
        await asyncio.sleep(4)
        worker.send_signal(signal.SIGTERM)
        await asyncio.sleep(1)
        assert worker.poll() is None, "it still holds the job"
        await locked.rollback()
        assert await ended(worker) == 0, log.read_text()
    async with deployment.scopes.reading(tenant):
        assert await ground.fetch("SELECT count(*)::int AS done FROM job_done") == [{"done": 1}]
    assert await owner.fetchval("SELECT count(*) FROM outbox.job") == 0
    await owner.close()
