"""PgBouncer in transaction mode, with one connection a company, keeps companies apart; a wrong one is refused."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import asyncpg
import pytest

from leumund import asgi
from leumund.kit import clock, ground
from leumund.tenancy import deployment as deployments
from leumund.tenancy import restoring
from leumund.tenancy.database import probing
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import deriving
from tests.bench import linking
from tests.isolation import standing
from tests.isolation.bouncer import bouncing
from tests.isolation.callers import asked

OpenCompany = Callable[[str], Awaitable[Tenant]]
ONE_FOR_ALL = {"default_pool_size": "1"}


@pytest.fixture(scope="module")
async def two(open_company: OpenCompany) -> list[Tenant]:
    return [await open_company("linden"), await open_company("birke")]


@pytest.fixture(scope="module")
async def pooled(deployment: Deployment, two: list[Tenant]) -> AsyncIterator[Deployment]:
    """The deployment as it is behind a PgBouncer by our own configuration."""
    async with bouncing(deployment, changed=ONE_FOR_ALL) as url, opened_behind(deployment, url) as opened:
        yield opened


def opened_behind(deployment: Deployment, url: str) -> AbstractAsyncContextManager[Deployment]:
    return deployments.opened(deployment.settings.model_copy(update={"pooler_url": url}), role="web")


async def who() -> tuple[str, str, str]:
    (row,) = await ground.fetch(
        "SELECT session_user::text AS login, current_user::text AS me, current_schema() AS home"
    )
    return row["login"], row["me"], row["home"]


async def test_interleaved_companies_each_see_themselves_alone(pooled: Deployment, two: list[Tenant]):
    async def ask(tenant: Tenant) -> None:
        async with pooled.scopes.inside(tenant):
            assert await who() == (tenant.schema_name,) * 3
            await ground.execute("SELECT pg_sleep(0.001)")
            assert await who() == (tenant.schema_name,) * 3

    for _ in range(5):
        await asyncio.gather(*(ask(two[number % 2]) for number in range(30)))


async def test_pages_asked_for_at_once_are_each_their_own_companys(pooled: Deployment, brands: dict[str, Tenant]):
    door, marks, codes = asgi.create(), {"linden": "Linden Energie", "birke": "Birke"}, {}
    door.use(pooled)
    for slug, tenant in brands.items():
        async with pooled.scopes.inside(tenant):
            codes[slug] = await linking.a_code(at=clock.now())

    async def ask(slug: str, other: str) -> None:
        page = await asked(door, f"/r/{codes[slug]}/welcome", host=brands[slug].host)
        assert page.status_code == 200
        assert marks[slug] in page.text
        assert marks[other] not in page.text

    await asyncio.gather(*(ask(*pair) for _ in range(20) for pair in (("linden", "birke"), ("birke", "linden"))))


@pytest.mark.parametrize(
    "left",
    [
        "SET search_path = platform",
        "SELECT set_config('search_path', 'platform', false)",
        "SET statement_timeout = '7min'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET leumund.mark = 'left'",
        "PREPARE customer_count AS SELECT 1",
        "LISTEN leumund_directory",
        "SELECT pg_advisory_lock(7)",
    ],
)
async def test_what_a_request_leaves_set_is_gone_for_the_next_of_the_same_company(
    pooled: Deployment, two: list[Tenant], left: str
):
    async with pooled.scopes.inside(two[0]):
        before = await _session(pooled)
        await ground.execute(left)
    async with pooled.scopes.inside(two[0]):
        after = await _session(pooled)
    assert after == before


async def _session(pooled: Deployment) -> dict[str, object]:
    (row,) = await ground.fetch(
        "SELECT pg_backend_pid() AS session, current_setting('search_path') AS path, "
        "current_setting('statement_timeout') AS longest, "
        "current_setting('default_transaction_read_only') AS reads, current_setting('leumund.mark', true) AS mark, "
        "(SELECT count(*) FROM pg_prepared_statements WHERE name = 'customer_count') AS prepared, "
        "(SELECT count(*) FROM pg_listening_channels()) AS channels"
    )
    return {**row, "mark": row["mark"] or "", "locks": await standing.locks(pooled, row["session"])}


async def test_what_a_role_says_of_itself_does_not_outlast_a_transaction(pooled: Deployment, company: Tenant):
    """Every role may change its own settings; sessions say better ones at their start and after each transaction."""
    async with pooled.scopes.inside(company):
        await ground.execute(f"ALTER ROLE {company.schema_name} SET search_path = platform")
        await ground.execute(f"ALTER ROLE {company.schema_name} SET statement_timeout = 0")
    for _ in range(2):
        async with pooled.scopes.inside(company):
            assert await who() == (company.schema_name,) * 3
            assert await ground.fetch("SHOW statement_timeout") == [{"statement_timeout": "30s"}]


async def test_the_same_words_mean_each_companys_own_rows_while_tables_change(pooled: Deployment, two: list[Tenant]):
    for round_ in range(6):
        if round_ == 3:
            await _owner_says(
                pooled, f"ALTER TABLE {two[0].schema_name}.audit_entry ADD COLUMN between_rounds integer DEFAULT 3"
            )
        for tenant in two:
            async with pooled.scopes.inside(tenant):
                await ground.execute(
                    "INSERT INTO audit_entry (actor, action, detail) VALUES ('system:test', 'test.seen', "
                    "jsonb_build_object('of', session_user))"
                )
                rows = await ground.fetch("SELECT * FROM audit_entry WHERE action = 'test.seen'")
                assert len(rows) == round_ + 1
                assert {row["detail"] for row in rows} == {f'{{"of": "{tenant.schema_name}"}}'}


async def test_a_caller_cancelled_in_mid_query_leaves_nothing_for_the_next(pooled: Deployment, two: list[Tenant]):
    async def slow(tenant: Tenant) -> None:
        async with pooled.scopes.inside(tenant):
            await ground.fetch("SELECT 'slow' AS answer, pg_sleep(5)")

    for number in range(10):
        task = asyncio.create_task(slow(two[number % 2]))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for tenant in two:
            async with pooled.scopes.inside(tenant):
                assert await ground.fetch("SELECT $1::int AS answer", number) == [{"answer": number}]
                assert await who() == (tenant.schema_name,) * 3


async def test_a_company_opened_a_moment_ago_is_let_in(pooled: Deployment, open_company: OpenCompany):
    tenant = await open_company("fresh")
    async with pooled.scopes.inside(tenant):
        assert await who() == (tenant.schema_name,) * 3


async def test_nobody_but_a_company_with_its_own_password_is_let_in(pooled: Deployment, two: list[Tenant]):
    behind = servers.behind(pooled.server, pooled.settings)
    for login in (pooled.server.web_role, pooled.server.operator_role, pooled.server.owner):
        with pytest.raises((asyncpg.PostgresError, ConnectionError)):
            await servers.connect_as(behind, pooled.settings, login)
    with pytest.raises(asyncpg.PostgresError):
        await asyncpg.connect(
            host=behind.host,
            port=behind.port,
            database=behind.database,
            user=two[0].schema_name,
            password=deriving.password_of(pooled.settings, two[1].schema_name),
        )


async def test_no_company_reads_how_another_logs_in(pooled: Deployment, two: list[Tenant]):
    async with pooled.scopes.inside(two[0]):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ground.fetch("SELECT * FROM platform.pooled_login")


async def test_the_probe_passes_ours_and_the_direct_way(pooled: Deployment, deployment: Deployment):
    for opened in (pooled, deployment):
        probed = await probing.probe(opened.server, opened.settings)
        assert len(probed.companies) == 2


@pytest.mark.usefixtures("two", "company")
async def test_a_company_that_spoils_its_own_role_keeps_nobody_from_being_served(
    pooled: Deployment, deployment: Deployment
):
    """Mallory may change her own role; that is odd, and no reason to serve nobody. There are others to ask."""
    tried = (await probing.probe(deployment.server, deployment.settings)).companies
    for role in tried:
        mallory = await servers.connect_as(deployment.server, deployment.settings, role)
        for change in ("SET statement_timeout = 1", "PASSWORD 'of her own'"):
            await mallory.execute(f"ALTER ROLE {role} {change}")
        await mallory.close()
    try:
        for opened in (pooled, deployment):
            probed = await probing.probe(opened.server, opened.settings)
            assert probed.companies
        # Straight to the server no session from before is left: others are asked in their place.
        assert set(probed.companies).isdisjoint(tried)
        assert {fault.split()[0] for fault in probed.odd} == set(tried)
    finally:
        await restoring.restore_roles(deployment.server, deployment.settings)


async def test_a_pooler_that_logs_in_for_everybody_as_one_leaks_and_is_refused(
    deployment: Deployment, two: list[Tenant]
):
    """The negative control: with a shared login and the path set by SET, one company sees another's rows."""
    first, second = two
    password = deriving.password_of(deployment.settings, first.schema_name)
    at = deployment.server
    shared = (
        f"{at.database} = host={at.host} port={at.port} dbname={at.database} user={first.schema_name} "
        f"password={password} auth_user={at.pooler_role}"
    )
    loose = {**ONE_FOR_ALL, "server_reset_query_always": "0"}
    async with bouncing(deployment, changed=loose, databases=shared) as url, opened_behind(deployment, url) as opened:
        async with opened.scopes.inside(first):
            await ground.execute(f"SET search_path = {first.schema_name}")
        async with opened.scopes.inside(second):
            assert await who() == (first.schema_name,) * 3, "Birke's request reads Linden's rows"
        with pytest.raises(probing.Crossing, match="as one"):
            await probing.probe(opened.server, opened.settings)


async def test_a_pooler_that_hands_sessions_on_as_they_were_left_is_refused(deployment: Deployment, two: list[Tenant]):
    async with (
        bouncing(deployment, changed={**ONE_FOR_ALL, "server_reset_query_always": "0"}) as url,
        opened_behind(deployment, url) as opened,
    ):
        with pytest.raises(probing.Crossing, match="finds"):
            await probing.probe(opened.server, opened.settings)


@pytest.mark.parametrize("size", [{"default_pool_size": "1"}, {"default_pool_size": "5", "server_round_robin": "1"}])
async def test_a_direct_way_that_is_none_is_refused(deployment: Deployment, size: dict[str, str]):
    web = deployment.server.web_role
    users = f'"{web}" "{deriving.password_of(deployment.settings, web)}"\n'
    async with bouncing(deployment, changed=size, users=users) as url:
        at = servers.parse(url)
        crooked = deployment.server._replace(host=at.host, port=at.port)
        with pytest.raises(probing.Crossing, match="LEUMUND_POOLER_URL"):
            await probing.probe(crooked, deployment.settings)


async def _owner_says(deployment: Deployment, sql: str) -> None:
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(sql)
    finally:
        await owner.close()
