"""The worker plans an occasion by night and takes each step once, whoever else tries and wherever it dies."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from leumund.kit import clock, ground
from leumund.messages.tables import Message
from leumund.occasions import planning, stepping
from leumund.occasions.defining import Trigger
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import deeds, nightly, working
from leumund.worker.working import Worked
from tests.rooms import occasioned

DAY = timedelta(days=1)


class Died(Exception):
    """The worker did, before its commit."""


@pytest.fixture
async def pool(deployment: Deployment) -> AsyncIterator[asyncpg.Pool]:
    pool = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=4)
    await pool.execute("DELETE FROM outbox.job")
    yield pool
    await pool.close()


@pytest.fixture
async def anna(deployment: Deployment, company: Tenant) -> UUID:
    """Her birthday is tomorrow."""
    at = clock.now()
    async with deployment.scopes.inside(company):
        await occasioned.company(at=at - 400 * DAY)
        born = (at + DAY).date().replace(year=1980)
        return await occasioned.customer("Anna", born=born, at=at - 200 * DAY)


async def begun(deployment: Deployment, company: Tenant) -> tuple[UUID, datetime]:
    """Her run, and when its step is due."""
    at = clock.now()
    async with deployment.scopes.inside(company):
        occasion = await occasioned.running(occasioned.definition(Trigger(kind="birthday")), at=at - 3 * DAY)
        await planning.plan(occasion=occasion, at=at)
        (row,) = await ground.fetch("SELECT id, due_at FROM occasion_run WHERE occasion = $1", occasion)
        return row["id"], row["due_at"]


async def mails(deployment: Deployment, company: Tenant, person: UUID) -> int:
    async with deployment.scopes.reading(company):
        return await Message.count().where((Message.customer == person) & (Message.kind == "occasion"))


async def test_two_workers_with_one_run_write_once(deployment: Deployment, company: Tenant, anna: UUID):
    run, due = await begun(deployment, company)

    async def step() -> None:
        async with deployment.scopes.inside(company):
            await stepping.step(run=run, at=due)

    await asyncio.gather(*(step() for _ in range(4)))
    assert await mails(deployment, company, anna) == 1


async def test_a_worker_that_dies_before_its_commit_leaves_nothing_and_the_next_does_it(
    deployment: Deployment, company: Tenant, anna: UUID
):
    run, due = await begun(deployment, company)

    async def die() -> None:
        async with deployment.scopes.inside(company):
            await stepping.step(run=run, at=due)
            raise Died

    with pytest.raises(Died):
        await die()
    assert await mails(deployment, company, anna) == 0
    for _ in range(2):
        async with deployment.scopes.inside(company):
            await stepping.step(run=run, at=due)
    assert await mails(deployment, company, anna) == 1


async def test_two_who_plan_at_once_begin_it_once(deployment: Deployment, company: Tenant, anna: UUID):
    at = clock.now()
    async with deployment.scopes.inside(company):
        occasion = await occasioned.running(occasioned.definition(Trigger(kind="birthday")), at=at - 3 * DAY)

    async def plan() -> int:
        async with deployment.scopes.inside(company):
            return await planning.plan(occasion=occasion, at=at)

    assert sorted(await asyncio.gather(plan(), plan())) == [0, 1]


async def test_the_night_leaves_a_job_a_running_occasion_and_the_worker_plans_it(
    deployment: Deployment, company: Tenant, anna: UUID, pool: asyncpg.Pool
):
    at = clock.now()
    async with deployment.scopes.inside(company):
        await occasioned.running(occasioned.definition(Trigger(kind="birthday")), at=at - 3 * DAY)
    await pool.execute("DELETE FROM outbox.job")
    async with deployment.scopes.inside(company):
        await nightly.tidy(company.id, at)
    rows = await pool.fetch("SELECT kind FROM outbox.job WHERE kind LIKE 'occasions.%'")
    assert [row["kind"] for row in rows] == [planning.KIND]
    known = deeds.deeds(deployment.settings, pool)
    await pool.execute("DELETE FROM outbox.job WHERE kind <> $1", planning.KIND)
    assert await working.work_one(deployment, pool, known) is Worked.DONE
    left = await pool.fetchrow("SELECT kind, due_at FROM outbox.job")
    assert left["kind"] == stepping.KIND
    assert left["due_at"] > at - DAY
    async with deployment.scopes.reading(company):
        (run,) = await ground.fetch("SELECT customer, state FROM occasion_run")
    assert (run["customer"], run["state"]) == (anna, "waiting")
