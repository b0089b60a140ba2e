"""Every night each open company is tidied once, by one worker of many, and one company's fault is only its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.staff import inviting
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import deeds, nightly, working
from leumund.worker.working import Worked
from tests.rooms import whole

# Jobs become due by the database's clock, and a night that is over is planned all the same.
NIGHT = datetime(2020, 1, 2, 2, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def pool(deployment: Deployment) -> AsyncIterator[asyncpg.Pool]:
    """A worker's connections, with an outbox and nights of this test's own."""
    opened = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=8)
    await forget(deployment)
    yield opened
    await opened.close()
    await forget(deployment)


async def forget(deployment: Deployment) -> None:
    await as_owner(deployment, "DELETE FROM outbox.job")
    await as_owner(deployment, "DELETE FROM outbox.night")


async def as_owner(deployment: Deployment, sql: str) -> None:
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(sql)
    finally:
        await owner.close()


async def plan(pool: asyncpg.Pool, at: datetime) -> int:
    async with pool.acquire() as connection:
        return await nightly.plan(connection, at=at)


async def jobs(pool: asyncpg.Pool, company: Tenant) -> int:
    return int(
        await pool.fetchval(
            "SELECT count(*) FROM outbox.job WHERE kind = $1 AND company_role = $2", nightly.KIND, company.schema_name
        )
    )


async def test_many_workers_at_once_plan_a_night_once(deployment: Deployment, company: Tenant, pool: asyncpg.Pool):
    planned = await asyncio.gather(*(plan(pool, NIGHT) for _ in range(8)))
    companies = [tenant for tenant in await deployment.directory.all() if tenant.is_open]
    assert sum(planned) == len(companies)
    assert await jobs(pool, company) == 1


async def test_the_next_night_begins_at_two_and_is_planned_again(company: Tenant, pool: asyncpg.Pool):
    counts = []
    for at in (NIGHT, NIGHT + DAY - SECOND, NIGHT + DAY, NIGHT + DAY + HOUR, NIGHT):
        await plan(pool, at)
        counts.append(await jobs(pool, company))
    assert counts == [1, 1, 2, 2, 2]


async def test_a_closed_company_sleeps(deployment: Deployment, company: Tenant, pool: asyncpg.Pool):
    await as_owner(deployment, f"UPDATE platform.tenant SET state = 'closed' WHERE id = '{company.id}'")
    await plan(pool, NIGHT)
    assert await jobs(pool, company) == 0


async def test_a_worker_that_dies_while_planning_leaves_the_night_to_the_next(company: Tenant, pool: asyncpg.Pool):
    async with pool.acquire() as dying:
        await dying.execute("BEGIN")
        await nightly.plan(dying, at=NIGHT)
        dying.terminate()
    await plan(pool, NIGHT)
    assert await jobs(pool, company) == 1


async def test_a_night_with_nothing_to_plan_costs_one_query_for_all_companies(company: Tenant, pool: asyncpg.Pool):
    await plan(pool, NIGHT)
    asked: list[Any] = []
    async with pool.acquire() as connection:
        connection.add_query_logger(asked.append)
        assert await nightly.plan(connection, at=NIGHT + HOUR) == 0
        connection.remove_query_logger(asked.append)
    assert len(asked) == 1


async def test_the_worker_plans_and_stops_when_told(company: Tenant, pool: asyncpg.Pool):
    stop = asyncio.Event()
    watching = asyncio.create_task(nightly.watch(pool, stop))
    async with asyncio.timeout(60):
        # What it waits for happens in the database.
        while not await jobs(pool, company):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        stop.set()
        await watching


async def test_one_companys_fault_skips_no_other(
    deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]], pool: asyncpg.Pool
):
    ill, well = await open_company("mallory"), await open_company("birke")
    await as_owner(deployment, f"REVOKE DELETE ON {ill.schema_name}.job_done FROM {ill.schema_name}")
    await plan(pool, NIGHT)
    # What all the tests' other companies are to be tidied of is none of this one's concern.
    ours = f"'{ill.schema_name}', '{well.schema_name}'"
    await as_owner(deployment, f"DELETE FROM outbox.job WHERE company_role NOT IN ({ours})")
    known = deeds.deeds(deployment.settings, pool)
    worked = []
    while (result := await working.work_one(deployment, pool, known)) is not Worked.NOTHING_DUE:
        worked.append(result)
    # It is tried again after some seconds, which a slow machine may see within this very test.
    assert Worked.FAILED in worked
    assert (await jobs(pool, ill), await jobs(pool, well)) == (1, 0)


async def test_the_night_lets_go_of_what_is_over_and_of_nothing_else(deployment: Deployment, company: Tenant):
    at = NIGHT
    async with deployment.scopes.inside(company):
        kept = await _filled(at)
        await nightly.tidy(company.id, at)
        assert {name: await _left(name) for name in kept} == kept
        await nightly.tidy(company.id, at)
        assert {name: await _left(name) for name in kept} == kept


async def test_the_night_forgets_a_friend_who_never_confirmed(deployment: Deployment, company: Tenant):
    """The mail that asks says so: nothing happens, and the request is deleted after 30 days."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NIGHT)
        code = await whole.advocate("anna@people.example", at=NIGHT)
        await whole.accept(code, "bert@people.example", at=NIGHT)
        for days, left in ((29, [2, 1, 2]), (30, [1, 0, 1])):
            await nightly.tidy(company.id, NIGHT + days * DAY)
            assert [await _left(table) for table in ("customer", "referral", "consent_request")] == left, days


async def _left(table: str) -> int:
    return len(await ground.fetch(f"SELECT FROM {table}"))


async def _filled(at: datetime) -> dict[str, int]:
    """Rows at both sides of every limit; how many of each table are to stay."""
    person = (await registering.register(record=Record(email="anna@x.example"), source="t", at=at)).id
    member = await inviting.invite(
        email="bert@x.example", name="Bert", role="owner", language="de", actor="system:test", at=at
    )
    for used_at, expires_at in ((None, at + SECOND), (None, at), (at - SECOND, at + HOUR)):
        await ground.execute(
            "INSERT INTO customer_login (customer, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4)",
            person,
            at - HOUR,
            expires_at,
            used_at,
        )
    for table, column, who in (("customer_session", "customer", person), ("staff_session", "member", member.member)):
        for age, ended_at in ((HOUR, None), (DAY, None), (HOUR, at)):
            await ground.execute(
                f"INSERT INTO {table} ({column}, token_hash, created_at, seen_at, ended_at) "
                "VALUES ($1, $2, $3, $4, $5)",
                who,
                uuid4().hex,
                at - age,
                at - SECOND,
                ended_at,
            )
    for age in (7 * DAY - SECOND, 7 * DAY):
        await ground.execute(
            "INSERT INTO idempotency (key_hash, request_hash, status, body, at) VALUES ($1, 'h', 200, '{}', $2)",
            uuid4().hex,
            at - age,
        )
    for age in (30 * DAY - SECOND, 30 * DAY):
        await ground.execute("INSERT INTO job_done (job, at) VALUES ($1, $2)", uuid4(), at - age)
    for age in (30 * DAY - SECOND, 30 * DAY):
        await ground.execute(
            "INSERT INTO consent_request (customer, source, requested_at, expires_at) VALUES ($1, 't', $2, $2)",
            person,
            at - age,
        )
    for ends_at in (at + SECOND, at):
        await ground.execute(
            "INSERT INTO staff_attempt (peer_hash, attempts, ends_at) VALUES ($1, 1, $2)", uuid4().hex, ends_at
        )
    tables = (
        "customer_login",
        "customer_session",
        "staff_session",
        "staff_attempt",
        "idempotency",
        "job_done",
        "consent_request",
    )
    return dict.fromkeys(tables, 1)
