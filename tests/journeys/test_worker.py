"""A job runs at least once and takes effect once, whatever happens to the worker that holds it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.audit import noting
from leumund.kit import ground, outbox
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import claiming, deeds, nightly, working
from leumund.worker.working import Worked
from tests.conftest import NOON

ROOT = Path(__file__).parent.parent.parent
# A worker of its own process that stops dead at a named point and says that it got there.
DYING_WORKER = """
import asyncio, sys
from leumund.audit import noting
from leumund.kit import environment
from leumund.tenancy import deployment as deployments
from leumund.tenancy.database import server as servers
from leumund.worker import claiming, deeds, nightly, working

async def hang(*_):
    print("here", flush=True)
    await asyncio.sleep(600)

async def deed(subject, at):
    await noting.note(actor="system:test", action="test.done", subject=subject, at=at)
    if sys.argv[1] == "before commit":
        await hang()

async def main():
    if sys.argv[1] == "after commit":
        claiming.finish = hang
    async with deployments.opened(environment.read(), role="worker") as deployment:
        pool = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=1)
        await working.work_one(deployment, pool, {"test.deed": deed})

asyncio.run(main())
"""


async def deed(subject: UUID, at: datetime) -> None:
    await noting.note(actor="system:test", action="test.done", subject=subject, at=at)


async def failing(subject: UUID, at: datetime) -> None:
    await deed(subject, at)
    raise ConnectionResetError("the mail server went away from anna@linden.example")


@pytest.fixture
async def worker_pool(deployment: Deployment) -> AsyncIterator[asyncpg.Pool]:
    pool = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=4)
    await pool.execute("DELETE FROM outbox.job")
    yield pool
    await pool.close()


async def enqueue(deployment: Deployment, company: Tenant, kind: str = "test.deed", *, bulk: bool = False) -> UUID:
    subject = uuid4()
    async with deployment.scopes.inside(company):
        await outbox.enqueue(kind=kind, subject=subject, due_at=NOON.replace(year=2020), bulk=bulk)
    return subject


async def effects(deployment: Deployment, company: Tenant, subject: UUID) -> int:
    async with deployment.scopes.reading(company):
        return len(await ground.fetch("SELECT * FROM audit_entry WHERE subject = $1", subject))


@pytest.mark.parametrize("point", ["before commit", "after commit"])
async def test_a_job_whose_worker_is_killed_runs_again_and_takes_effect_once(
    deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool, point: str
):
    subject = await enqueue(deployment, company)
    assert deployment.settings.database_url is not None
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "platform"),
        "LEUMUND_SECRET_KEY": deployment.settings.secret_key.get_secret_value(),
        "LEUMUND_MASTER_KEYS": ",".join(deployment.settings.masters()),
        "LEUMUND_BASE_DOMAIN": deployment.settings.base_domain,
        "LEUMUND_SMTP_URL": deployment.settings.smtp_url.get_secret_value(),
        "LEUMUND_DATABASE_URL": deployment.settings.database_url.get_secret_value(),
    }
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING_WORKER, point, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert dying.stdout is not None
    assert await dying.stdout.readline() == b"here\n"
    assert await working.work_one(deployment, worker_pool, {"test.deed": deed}) is Worked.NOTHING_DUE, "it is claimed"
    dying.kill()
    await dying.wait()
    async with asyncio.timeout(60):
        # The server notices the loss by itself.
        while await working.work_one(deployment, worker_pool, {"test.deed": deed}) is not Worked.DONE:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await effects(deployment, company, subject) == 1
    assert await worker_pool.fetchval("SELECT count(*) FROM outbox.job") == 0


async def test_two_workers_never_hold_one_job(deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool):
    subjects = [await enqueue(deployment, company) for _ in range(12)]
    worked = await asyncio.gather(*(working.work_one(deployment, worker_pool, {"test.deed": deed}) for _ in range(24)))
    assert worked.count(Worked.DONE) >= 4
    while await working.work_one(deployment, worker_pool, {"test.deed": deed}) is Worked.DONE:
        pass
    assert [await effects(deployment, company, subject) for subject in subjects] == [1] * 12


async def test_a_job_that_fails_leaves_nothing_and_is_tried_later_until_it_is_a_dead_letter(
    deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool
):
    subject = await enqueue(deployment, company)
    last = claiming.ATTEMPTS_BEFORE_DEAD
    for attempt in (1, 2, last - 1, last):
        await worker_pool.execute("UPDATE outbox.job SET attempts = $1, due_at = now()", attempt - 1)
        assert await working.work_one(deployment, worker_pool, {"test.deed": failing}) is Worked.FAILED
        job = await worker_pool.fetchrow("SELECT attempts, state, fault, due_at > now() AS later FROM outbox.job")
        assert job is not None
        assert (job["attempts"], job["fault"], job["later"]) == (attempt, "ConnectionResetError", True)
        assert job["state"] == ("dead" if attempt == last else "waiting")
    await worker_pool.execute("UPDATE outbox.job SET due_at = now()")
    assert await working.work_one(deployment, worker_pool, {"test.deed": failing}) is Worked.NOTHING_DUE
    assert await effects(deployment, company, subject) == 0


def test_a_mail_server_may_be_down_for_a_day_and_is_met_within_minutes_of_its_return():
    waits = [claiming.back_off_seconds(attempt) for attempt in range(1, claiming.ATTEMPTS_BEFORE_DEAD)]
    assert waits[:3] == [5, 10, 20]
    assert waits == sorted(waits)
    assert waits[-1] == 10 * 60
    assert 24 * 3600 < sum(waits) < 48 * 3600


async def test_a_job_of_nobody_or_of_an_unknown_kind_is_a_dead_letter_at_once(
    deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool
):
    await enqueue(deployment, company, kind="test.unknown")
    await worker_pool.execute("SELECT 1")
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(
            "INSERT INTO outbox.job (company_role, kind, subject) VALUES ('t_0000000000000000', 'test.deed', $1)",
            uuid4(),
        )
    finally:
        await owner.close()
    for _ in range(2):
        assert await working.work_one(deployment, worker_pool, {"test.deed": deed}) is Worked.FAILED
    faults = await worker_pool.fetch("SELECT fault FROM outbox.job WHERE state = 'dead' ORDER BY fault")
    assert [row["fault"] for row in faults] == ["UnknownKind", "UnknownTenant"]


async def test_stopping_finishes_the_job_in_hand(deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool):
    subject = await enqueue(deployment, company)
    stop = asyncio.Event()

    async def slow(subject: UUID, at: datetime) -> None:
        stop.set()
        await asyncio.sleep(0.2)
        await deed(subject, at)

    await asyncio.wait_for(working.work(deployment, worker_pool, {"test.deed": slow}, stop), 60)
    assert await effects(deployment, company, subject) == 1


async def test_one_companys_bulk_waits_for_what_somebody_at_another_waits_for(
    deployment: Deployment, company: Tenant, linden: Tenant, worker_pool: asyncpg.Pool
):
    many = [await enqueue(deployment, company, bulk=True) for _ in range(3)]
    one = await enqueue(deployment, linden)
    done: list[UUID] = []

    async def note(subject: UUID, at: datetime) -> None:
        done.append(subject)

    for _ in range(4):
        await working.work_one(deployment, worker_pool, {"test.deed": note})
    assert (done[0], set(done[1:])) == (one, set(many))


async def test_a_hand_that_takes_no_bulk_stays_free(deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool):
    await enqueue(deployment, company, bulk=True)
    deeds = {"test.deed": deed}
    assert await working.work_one(deployment, worker_pool, deeds, bulk=False) is Worked.NOTHING_DUE
    assert await working.work_one(deployment, worker_pool, deeds) is Worked.DONE


async def test_a_company_that_floods_the_outbox_delays_nobody(
    deployment: Deployment, company: Tenant, linden: Tenant, worker_pool: asyncpg.Pool
):
    for bulk in (False, True):
        await flood(deployment, company, bulk=bulk)
        await enqueue(deployment, linden, bulk=bulk)
    turn, done = claiming.Turn(), 0
    start = monotonic()
    for _ in range(8):
        assert await working.work_one(deployment, worker_pool, {"test.deed": deed}, turn=turn) is Worked.DONE
    taken_seconds = monotonic() - start
    done = await worker_pool.fetchval("SELECT count(*) FROM outbox.job WHERE company_role = $1", linden.schema_name)
    assert done == 0, "both, what somebody waits for and bulk"
    assert taken_seconds < 8, "not a second each, though forty thousand wait"


async def flood(deployment: Deployment, company: Tenant, *, bulk: bool) -> None:
    async with deployment.scopes.inside(company):
        await ground.execute(
            "INSERT INTO outbox.job (kind, subject, due_at, bulk) "
            "SELECT 'test.deed', gen_random_uuid(), '2020-01-01 00:00+00', $1 FROM generate_series(1, 20000)",
            bulk,
        )


@pytest.mark.parametrize("due_at", ["-infinity", "infinity", "2019-12-31 23:59:59+00", "0044-03-15 00:00+00 BC"])
async def test_no_job_is_due_before_there_were_any_or_never(deployment: Deployment, company: Tenant, due_at: str):
    with pytest.raises(asyncpg.CheckViolationError):
        async with deployment.scopes.inside(company):
            await ground.execute(
                f"INSERT INTO outbox.job (kind, subject, due_at) VALUES ('test.deed', gen_random_uuid(), '{due_at}')"
            )


async def test_a_job_for_a_row_that_is_not_there_is_a_dead_letter_at_once(
    deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool
):
    await enqueue(deployment, company, kind="messages.send")
    known = deeds.deeds(deployment.settings, worker_pool)
    assert await working.work_one(deployment, worker_pool, known) is Worked.FAILED
    job = await worker_pool.fetchrow("SELECT state, attempts FROM outbox.job")
    assert job is not None
    assert dict(job) == {"state": "dead", "attempts": 1}


async def test_a_statement_that_takes_too_long_ends_no_hand(
    deployment: Deployment, company: Tenant, worker_pool: asyncpg.Pool
):
    """The outbox is locked for longer than a worker's statement may take."""
    subject = await enqueue(deployment, company)
    stop = asyncio.Event()
    role = deployment.server.worker_role
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(f"ALTER ROLE \"{role}\" SET statement_timeout = '200ms'")
        await worker_pool.expire_connections()
        async with owner.transaction():
            await owner.execute("LOCK TABLE outbox.job, outbox.night IN ACCESS EXCLUSIVE MODE")
            hands = [
                asyncio.create_task(working.work(deployment, worker_pool, {"test.deed": deed}, stop)),
                asyncio.create_task(nightly.watch(worker_pool, stop)),
            ]
            await asyncio.sleep(1)
            assert not any(hand.done() for hand in hands)
        async with asyncio.timeout(60):
            while not await effects(deployment, company, subject):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        await owner.execute(f"ALTER ROLE \"{role}\" SET statement_timeout = '15s'")
        await owner.close()
        stop.set()
    await asyncio.gather(*hands)
