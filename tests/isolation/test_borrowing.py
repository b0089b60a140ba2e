"""Whatever happened on a connection, whoever borrows it next is at home on it and sees their own rows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest

from leumund.kit import ground
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.pools import Pools
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.scope import Scopes
from tests.isolation import standing, tally
from tests.isolation.two_companies import Side

TIMES, ROUNDS = 100, 6
OURS = "SELECT legal_name FROM company_profile"


@asynccontextmanager
async def borrowed(deployment: Deployment, *, ceiling: int, per_company: int) -> AsyncIterator[tuple[Scopes, Pools]]:
    """Scopes over pools of this test's own."""

    async def open_pool(role: str, size: int) -> asyncpg.Pool:
        return await servers.pool_as(deployment.server, deployment.settings, role, size=size)

    pools = Pools(open_pool, ceiling=ceiling, per_company=per_company, wait_seconds=30)
    try:
        yield Scopes(deployment.settings, pools), pools
    finally:
        await pools.close()


async def says(scopes: Scopes, side: Side) -> bool:
    """Whether the one statement everybody sends is answered with this company's row alone."""
    async with scopes.reading(side.tenant):
        return await ground.fetch(OURS) == [{"legal_name": f"{side.marker} GmbH"}]


async def test_after_a_request_on_the_only_connection_nothing_is_open(deployment: Deployment, ours: Side):
    async with borrowed(deployment, ceiling=1, per_company=1) as (scopes, _):
        assert await says(scopes, ours)
        for late in (ground.fetch(OURS), ground.execute(OURS), ground.copy_rows("customer", columns=[], records=[])):
            with pytest.raises(ground.OutsideScope):
                await late
            tally.note("pool")


async def test_two_hundred_at_once_on_two_connections_each_see_themselves(
    deployment: Deployment, ours: Side, theirs: Side
):
    async with borrowed(deployment, ceiling=2, per_company=1) as (scopes, pools):
        for _ in range(ROUNDS):
            assert all(await asyncio.gather(*(says(scopes, (ours, theirs)[n % 2]) for n in range(200))))
            assert pools.connections() <= 2
            tally.note("pool", 200)


async def test_on_one_pool_for_all_the_same_attack_sees_the_others(
    deployment: Deployment, owner: asyncpg.Connection, ours: Side
):
    """The negative control: a role that is a member of all, switched on a connection that all share."""
    await owner.execute(f"GRANT {ours.tenant.schema_name} TO CURRENT_USER WITH SET TRUE")
    server = deployment.server
    login = {"user": server.owner, "password": server.owner_password, "database": server.database}
    shared = await asyncpg.create_pool(host=server.host, port=server.port, min_size=1, max_size=1, **login)
    try:
        async with shared.acquire() as connection:
            await connection.execute(f"SET ROLE {ours.tenant.schema_name}")
        async with shared.acquire() as connection:
            assert (await standing.where(deployment, connection)).is_now == ours.tenant.schema_name, (
                "nobody asked for them"
            )
    finally:
        await shared.close()
        await owner.execute(f"REVOKE {ours.tenant.schema_name} FROM CURRENT_USER")


@pytest.mark.parametrize(
    "left",
    [
        "SET search_path TO platform",
        "SET statement_timeout = '7min'",
        "SET ROLE NONE",
        "SET SESSION AUTHORIZATION DEFAULT",
        "SELECT set_config('search_path', 'platform', false)",
        "SET default_transaction_read_only = on",
        "SELECT pg_advisory_lock(7)",
        "LISTEN everything",
        "PREPARE stolen AS SELECT 1",
        "DECLARE stolen CURSOR WITH HOLD FOR SELECT 1",
    ],
)
async def test_what_is_left_on_a_connection_is_gone_for_the_next(deployment: Deployment, ours: Side, left: str):
    async with borrowed(deployment, ceiling=1, per_company=1) as (scopes, pools):
        async with pools.connection(ours.tenant) as connection:
            await connection.execute(left)
        async with pools.connection(ours.tenant) as connection:
            assert await standing.where(deployment, connection) == standing.at_home(ours.tenant)
            assert await connection.fetchval("SHOW statement_timeout") == "30s"
            assert await connection.fetchval("SHOW default_transaction_read_only") == "off"
        assert await says(scopes, ours)
        tally.note("pool")


@pytest.mark.parametrize("other", ["{them}", "postgres", "{server}_operator", "pg_read_all_data"])
@pytest.mark.parametrize("deed", ["SET ROLE {other}", "SET SESSION AUTHORIZATION {other}", "SET LOCAL ROLE {other}"])
async def test_nobody_becomes_somebody_else_and_the_next_is_who_they_are(
    deployment: Deployment, ours: Side, theirs: Side, deed: str, other: str
):
    name = other.format(them=theirs.tenant.schema_name, server=deployment.server.database)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)):
        async with deployment.scopes.inside(ours.tenant):
            await ground.execute(deed.format(other=f'"{name}"'))
    assert await standing.everywhere(deployment, ours.tenant) == {standing.at_home(ours.tenant)}
    tally.note("pool")


async def test_the_same_words_prepared_by_both_mean_each_ones_own_rows(
    deployment: Deployment, ours: Side, theirs: Side
):
    for _ in range(50):
        assert await says(deployment.scopes, ours)
        assert await says(deployment.scopes, theirs)
        tally.note("statement cache", 2)


async def test_side_by_side_in_one_process_both_stay_themselves(deployment: Deployment, ours: Side, theirs: Side):
    async def long(side: Side) -> bool:
        async with deployment.scopes.reading(side.tenant):
            seen = []
            for _ in range(20):
                seen += await ground.fetch(OURS)
                await asyncio.sleep(0)
            return {row["legal_name"] for row in seen} == {f"{side.marker} GmbH"}

    assert all(await asyncio.gather(*(long(side) for side in (ours, theirs, ours, theirs))))
    tally.note("pool", 4)


async def test_a_second_company_is_refused_and_the_first_is_still_where_we_are(
    deployment: Deployment, ours: Side, theirs: Side
):
    async with deployment.scopes.reading(ours.tenant):
        for way in (deployment.scopes.inside, deployment.scopes.reading):
            with pytest.raises(ground.AlreadyInside):
                async with way(theirs.tenant):
                    pytest.fail("the block is not entered")
        assert await ground.fetch(OURS) == [{"legal_name": f"{ours.marker} GmbH"}]
    tally.note("nested companies", 2)


async def test_a_task_nobody_waits_for_reaches_nothing_whenever_it_was_begun(deployment: Deployment, ours: Side):
    async def late(gone: asyncio.Event) -> list[dict[str, object]]:
        await gone.wait()
        return await ground.fetch(OURS)

    gone = asyncio.Event()
    async with deployment.scopes.inside(ours.tenant):
        within = asyncio.create_task(late(gone))
    after = asyncio.create_task(late(gone))
    gone.set()
    for task in (within, after):
        with pytest.raises(ground.OutsideScope):
            await task
    tally.note("background tasks", 2)


async def raising(scopes: Scopes, tenant: Tenant) -> None:
    async with scopes.inside(tenant):
        await ground.execute("SELECT 1 / 0")


async def too_slow(scopes: Scopes, tenant: Tenant) -> None:
    async with scopes.inside(tenant):
        await ground.execute("SET LOCAL statement_timeout = 1")
        await ground.execute("SELECT pg_sleep(5)")


async def given_up(scopes: Scopes, tenant: Tenant) -> None:
    async with asyncio.timeout(0.005), scopes.inside(tenant):
        await ground.execute("SELECT pg_sleep(5)")


async def cancelled(scopes: Scopes, tenant: Tenant) -> None:
    async def slow() -> None:
        async with scopes.inside(tenant):
            asked.set()
            await ground.execute("SELECT pg_sleep(5)")

    asked = asyncio.Event()
    task = asyncio.create_task(slow())
    await asked.wait()
    await asyncio.sleep(0)
    task.cancel()
    await task


Harm = Callable[[Scopes, Tenant], Awaitable[None]]


@pytest.mark.parametrize("harm", [raising, too_slow, given_up, cancelled])
async def test_what_breaks_in_mid_query_leaves_the_next_their_own_answer(
    deployment: Deployment, ours: Side, theirs: Side, harm: Harm
):
    """A reply left unread would be the next one's: that is how others gave one user's answer to another."""
    async with borrowed(deployment, ceiling=2, per_company=1) as (scopes, pools):
        for _ in range(TIMES):
            with suppress(asyncpg.PostgresError, TimeoutError, asyncio.CancelledError):
                await harm(scopes, ours.tenant)
                pytest.fail("the harm was done")
            assert await says(scopes, ours)
            tally.note("broken off in mid-query")
        assert await says(scopes, theirs)
        assert pools.connections() <= 2
        async with pools.connection(ours.tenant) as connection:
            assert await standing.where(deployment, connection) == standing.at_home(ours.tenant)


async def test_the_same_lock_is_free_or_taken_by_anybody_and_nothing_of_ours_waits_for_it(
    deployment: Deployment, ours: Side, theirs: Side
):
    """Advisory locks are everybody's: whoever takes all they can think of holds up nobody else."""
    async with deployment.pools.connection(ours.tenant) as connection:
        await connection.execute("SELECT pg_advisory_lock(n) FROM generate_series(0, 500) AS n")
        async with asyncio.timeout(60):
            assert await says(deployment.scopes, theirs)
        await connection.execute("SELECT pg_advisory_unlock_all()")
    tally.note("locks")
