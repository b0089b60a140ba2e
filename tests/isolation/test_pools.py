"""Connections belong to one company each, under a ceiling, and come back clean whatever happened on them."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from leumund.kit import ground
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.pools import Busy, Pools
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.scope import Scopes

OpenCompany = Callable[[str], Awaitable[Tenant]]


def pools_of(deployment: Deployment, *, ceiling: int, per_company: int, wait_seconds: float = 5) -> Pools:
    async def open_pool(role: str, size: int) -> asyncpg.Pool:
        return await servers.pool_as(deployment.server, deployment.settings, role, size=size)

    return Pools(open_pool, ceiling=ceiling, per_company=per_company, wait_seconds=wait_seconds)


async def test_interleaved_companies_each_see_themselves_alone(deployment: Deployment, open_company: OpenCompany):
    tenants = [await open_company("linden"), await open_company("birke"), await open_company("mallory")]
    pools = pools_of(deployment, ceiling=2, per_company=1)
    scopes = Scopes(deployment.settings, pools)

    async def who(tenant: Tenant) -> None:
        async with scopes.inside(tenant):
            rows = await ground.fetch("SELECT current_user AS me, current_schema() AS home")
            assert rows == [{"me": tenant.schema_name, "home": tenant.schema_name}]
        assert pools.connections() <= 2

    try:
        for _ in range(10):
            await asyncio.gather(*(who(tenants[n % 3]) for n in range(30)))
    finally:
        await pools.close()


async def test_when_all_are_in_use_the_next_company_waits_and_is_told(
    deployment: Deployment, open_company: OpenCompany
):
    first, second = await open_company("linden"), await open_company("birke")
    pools = pools_of(deployment, ceiling=1, per_company=1, wait_seconds=0.2)
    try:
        async with pools.connection(first):
            with pytest.raises(Busy):
                async with pools.connection(second):
                    pass
        async with pools.connection(second) as connection:
            assert await connection.fetchval("SELECT current_user") == second.schema_name
    finally:
        await pools.close()


async def test_what_was_switched_on_a_connection_is_not_there_for_the_next(deployment: Deployment, company: Tenant):
    pools = pools_of(deployment, ceiling=1, per_company=1)
    try:
        async with pools.connection(company) as connection:
            await connection.execute("SET search_path = platform; SET statement_timeout = '7min'")
        async with pools.connection(company) as connection:
            assert await connection.fetchval("SELECT current_schema()") == company.schema_name
            assert await connection.fetchval("SHOW statement_timeout") == "30s"
    finally:
        await pools.close()


async def test_a_caller_cancelled_in_mid_query_leaves_a_clean_pool(deployment: Deployment, company: Tenant):
    pools = pools_of(deployment, ceiling=2, per_company=2)
    scopes = Scopes(deployment.settings, pools)

    async def slow() -> None:
        async with scopes.inside(company):
            await ground.execute("SELECT pg_sleep(5)")

    try:
        for _ in range(20):
            task = asyncio.create_task(slow())
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with scopes.inside(company):
                assert await ground.fetch("SELECT 7 AS answer") == [{"answer": 7}]
        assert pools.connections() <= 2
    finally:
        await pools.close()


async def test_a_commit_that_fails_leaves_no_transaction_behind(deployment: Deployment, company: Tenant):
    """A deferred check fails at COMMIT itself: the next scope is none the worse for it."""
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(
            f"CREATE TABLE {company.schema_name}.late (id int PRIMARY KEY, before int REFERENCES "
            f"{company.schema_name}.late (id) DEFERRABLE INITIALLY DEFERRED);"
            f"GRANT INSERT, SELECT ON {company.schema_name}.late TO {company.schema_name}"
        )
    finally:
        await owner.close()
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with deployment.scopes.inside(company):
            await ground.execute("INSERT INTO late VALUES (1, 2)")
    assert not ground.is_open()
    async with deployment.scopes.inside(company):
        await ground.execute("INSERT INTO late VALUES (3, 3)")
    async with deployment.scopes.reading(company):
        assert await ground.fetch("SELECT id FROM late") == [{"id": 3}]
