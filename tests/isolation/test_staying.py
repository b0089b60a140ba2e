"""What a company's role does to itself, and outside its schema, neither stays nor keeps the company from leaving."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from leumund.kit import ground
from leumund.tenancy import migrating, restoring
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import erasing
from tests.conftest import NOON


@pytest.fixture
async def mallory(deployment: Deployment, company: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who has got hold of one company's connection."""
    connection = await servers.connect_as(deployment.server, deployment.settings, company.schema_name)
    yield connection
    await connection.close()


async def is_there(owner: asyncpg.Connection, company: Tenant) -> bool:
    return bool(await owner.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", company.schema_name))


async def erase(deployment: Deployment, company: Tenant) -> None:
    await erasing.erase(deployment.server, company, at=NOON)


async def test_a_company_that_changed_its_password_is_erased(
    deployment: Deployment, company: Tenant, mallory: asyncpg.Connection, owner: asyncpg.Connection
):
    await mallory.execute("ALTER ROLE CURRENT_USER PASSWORD 'mine'")
    await erase(deployment, company)
    assert not await is_there(owner, company)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await mallory.fetchval("SELECT 1")


async def _all_that_are_left(deployment: Deployment, company: Tenant, *, most: int) -> list[asyncpg.Connection]:
    """Connections as ``company`` until no more are granted; the web keeps some of them too."""
    held: list[asyncpg.Connection] = []
    while len(held) <= most:
        try:
            held.append(await servers.connect_as(deployment.server, deployment.settings, company.schema_name))
        except asyncpg.TooManyConnectionsError:
            return held
    raise AssertionError("there is no limit")


async def test_a_company_that_holds_every_connection_it_may_is_erased(
    deployment: Deployment, company: Tenant, owner: asyncpg.Connection
):
    most = await owner.fetchval("SELECT rolconnlimit FROM pg_roles WHERE rolname = $1", company.schema_name)
    held = await _all_that_are_left(deployment, company, most=most)
    await erase(deployment, company)
    assert not await is_there(owner, company)
    for connection in held:
        connection.terminate()


async def test_large_objects_go_with_their_company_wherever_they_lie(
    deployment: Deployment, company: Tenant, owner: asyncpg.Connection
):
    """As on a server whose superuser left companies what PostgreSQL grants to everybody."""
    elsewhere = deployment.server._replace(database="elsewhere_" + uuid4().hex[:8])
    superuser = get_server(deployment.settings.data.resolve() / "postgres")
    superuser.psql(f"CREATE DATABASE {elsewhere.database} OWNER {elsewhere.owner};")
    await owner.execute("GRANT EXECUTE ON FUNCTION lo_from_bytea(oid, bytea) TO PUBLIC")
    held: list[asyncpg.Connection] = []
    try:
        for server in (deployment.server, elsewhere):
            held.append(await servers.connect_as(server, deployment.settings, company.schema_name))
            for _ in range(3):
                await held[-1].execute("SELECT lo_from_bytea(0, 'anna@birke.example')")
        assert await owner.fetchval("SELECT count(*) FROM pg_largeobject_metadata") == 3
        await erase(deployment, company)
        assert not await is_there(owner, company)
        assert await owner.fetchval("SELECT count(*) FROM pg_largeobject_metadata") == 0
    finally:
        for connection in held:
            connection.terminate()
        await owner.execute("REVOKE EXECUTE ON FUNCTION lo_from_bytea(oid, bytea) FROM PUBLIC")
        superuser.psql(f"DROP DATABASE {elsewhere.database} WITH (FORCE);")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lo_from_bytea(0, 'anna@birke.example')",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_put(1, 0, 'anna')",
        "SELECT lo_import('/etc/hostname')",
        "SELECT pg_logical_emit_message(false, 'a', 'b')",
        "SELECT * FROM pg_stat_user_tables",
        "SELECT * FROM pg_stat_activity",
        "SELECT pg_stat_get_live_tuples('pg_class'::regclass)",
        "SELECT pg_total_relation_size('pg_class')",
        "SELECT reltuples FROM pg_class",
        "SELECT * FROM pg_locks",
        "SELECT * FROM pg_lock_status()",
        "SELECT pg_database_size(current_database())",
        "SELECT pg_tablespace_size('pg_default')",
    ],
)
async def test_what_is_granted_to_everybody_is_not_granted_to_companies(mallory: asyncpg.Connection, statement: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await mallory.execute(statement)
    assert await mallory.fetchval("SELECT count(*) FROM pg_class") > 100, "what drivers read can be read"


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_a_company_enters_no_other_database(deployment: Deployment, company: Tenant, database: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await servers.connect_as(
            deployment.server._replace(database=database), deployment.settings, company.schema_name
        )


async def test_what_a_role_sets_for_itself_counts_in_no_session(
    deployment: Deployment, company: Tenant, mallory: asyncpg.Connection
):
    for setting in ("search_path = outbox", "statement_timeout = 0", "idle_in_transaction_session_timeout = 0"):
        await mallory.execute(f"ALTER ROLE CURRENT_USER SET {setting}")
        await mallory.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{deployment.server.database}" SET {setting}')
    for _ in range(2):
        async with deployment.scopes.inside(company):
            assert await ground.fetch(
                "SELECT current_schema() AS home, current_setting('statement_timeout') AS statement, "
                "current_setting('idle_in_transaction_session_timeout') AS idle"
            ) == [{"home": company.schema_name, "statement": "30s", "idle": "1min"}]


async def test_a_migration_gives_a_role_its_password_and_settings_back(
    deployment: Deployment, company: Tenant, mallory: asyncpg.Connection, owner: asyncpg.Connection
):
    before = await settings_of(owner, company)
    await mallory.execute("ALTER ROLE CURRENT_USER SET work_mem = '1GB'")
    await mallory.execute(f"ALTER ROLE CURRENT_USER IN DATABASE \"{deployment.server.database}\" SET work_mem = '1GB'")
    await mallory.execute("ALTER ROLE CURRENT_USER PASSWORD 'mine'")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await servers.connect_as(deployment.server, deployment.settings, company.schema_name)
    assert await restoring.restore_roles(deployment.server, deployment.settings) == []
    again = await servers.connect_as(deployment.server, deployment.settings, company.schema_name)
    await again.close()
    assert await settings_of(owner, company) == before


async def test_no_lock_a_company_can_take_holds_up_a_migration(deployment: Deployment, mallory: asyncpg.Connection):
    await mallory.execute("SELECT pg_advisory_lock(7680)")
    async with asyncio.timeout(60):
        assert await migrating.migrate_platform(deployment.server, deployment.settings) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await mallory.execute(f"COMMENT ON DATABASE \"{deployment.server.database}\" IS 'mine'")


def test_who_serves_is_told_where_the_database_is_and_not_its_owners_password():
    for url in (
        "postgresql://owner:p%40ss@db.example:5433/leumund?sslmode=verify-full",
        "postgresql://owner:pass@/leumund?host=%2Fvar%2Frun",
        "postgresql://owner@db.example/leumund",
    ):
        told = servers.without_password(url)
        assert "ss@" not in told
        assert servers.parse(told) == servers.parse(url)._replace(owner_password=None)


async def settings_of(owner: asyncpg.Connection, company: Tenant) -> set[tuple[object, ...]]:
    rows = await owner.fetch(
        "SELECT setdatabase, setconfig FROM pg_db_role_setting WHERE setrole = $1::text::regrole", company.schema_name
    )
    return {(row["setdatabase"], *row["setconfig"]) for row in rows}


async def test_a_statement_fills_so_much_of_the_disk_and_no_role_lifts_that(mallory: asyncpg.Connection):
    assert await mallory.fetchval("SHOW temp_file_limit") == "2GB"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await mallory.execute("SET temp_file_limit = -1")
