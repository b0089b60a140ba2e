"""Who runs the platform is kept out of every company by the database itself: operator, web and worker alike."""

from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.operating import office, watching
from leumund.tenancy import migrating, rolling
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.migrating import Migration
from leumund.tenancy.rolling import Behind
from tests.conftest import NOON

STATEMENTS = (
    "SELECT * FROM {table}",
    "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "COPY {table} TO STDOUT",
    "CREATE VIEW pg_temp.theirs AS SELECT * FROM {table}",
)
ROLES = ("web", "worker", "operator")
# Whatever else the platform's schemas hold, today or later, is no business of these two.
READ = {
    "web": {"platform.tenant", "platform.host", "platform.company_key", "platform.support_request"},
    "worker": {"platform.tenant", "platform.host", "platform.company_key", "outbox.job", "outbox.night"},
}
# Everybody may add a job, and read none.
ADDED_TO = {"outbox.job"}
_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, min(format('%I', a.attname)) AS column
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p', 'v', 'm') GROUP BY 1
"""
_SCHEMAS = "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{16}$'"


@pytest.fixture(params=ROLES)
async def connection(request: pytest.FixtureRequest, deployment: Deployment) -> AsyncIterator[asyncpg.Connection]:
    """Logged in as one of the platform's roles, with its own password."""
    role = {
        "web": deployment.server.web_role,
        "worker": deployment.server.worker_role,
        "operator": deployment.server.operator_role,
    }[request.param]
    opened = await servers.connect_as(deployment.server, deployment.settings, role)
    yield opened
    await opened.close()


async def test_every_statement_on_every_table_of_a_company_is_refused(
    connection: asyncpg.Connection, linden: Tenant, company: Tenant
):
    tables = await connection.fetch(_TABLES, [linden.schema_name, company.schema_name])
    assert len(tables) > 50, "the catalog shows what there is to attack"
    for table in tables:
        for statement in STATEMENTS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement.format(table=table["name"], column=table["column"]))


async def test_no_company_at_all_is_reached(connection: asyncpg.Connection, linden: Tenant, company: Tenant):
    schemas = [row["nspname"] for row in await connection.fetch(_SCHEMAS)]
    assert {linden.schema_name, company.schema_name} <= set(schemas)
    reached = await connection.fetch(
        f"SELECT nspname FROM ({_SCHEMAS}) s WHERE has_schema_privilege(nspname, 'USAGE, CREATE')"
    )
    assert reached == []
    for name in schemas:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"TABLE {name}.customer")


async def test_nothing_makes_it_a_company_or_more_than_it_is(connection: asyncpg.Connection, company: Tenant):
    rights = await connection.fetchrow(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, "
        "EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS member "
        "FROM pg_roles r WHERE rolname = current_user"
    )
    assert rights is not None
    assert not any(rights.values())
    for escape in (
        f"SET ROLE {company.schema_name}",
        f"SET SESSION AUTHORIZATION {company.schema_name}",
        f"GRANT {company.schema_name} TO current_user",
        f"ALTER ROLE {company.schema_name} PASSWORD 'mine'",
        f"GRANT USAGE ON SCHEMA {company.schema_name} TO current_user",
        f"DROP SCHEMA {company.schema_name} CASCADE",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(escape)


async def test_the_companys_own_role_can_do_what_these_cannot(deployment: Deployment, company: Tenant):
    own = await servers.connect_as(deployment.server, deployment.settings, company.schema_name)
    try:
        tables = await own.fetch(_TABLES, [company.schema_name])
        assert len(tables) > 25
        for table in tables:
            await own.fetch(f"SELECT * FROM {table['name']}")
    finally:
        await own.close()


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE operator_entry SET action = 'a.b'",
        "DELETE FROM operator_entry",
        "DELETE FROM operator",
        "UPDATE operator SET email = 'mallory@leumund.example'",
        "DELETE FROM tenant",
        "UPDATE tenant SET schema_name = 't_0000000000000000'",
        "UPDATE tenant SET slug = 'mine'",
        "INSERT INTO host (name, tenant) VALUES ('mallory.example', gen_random_uuid())",
        "DELETE FROM outbox.job",
        "UPDATE outbox.job SET subject = gen_random_uuid()",
        "UPDATE outbox.job SET company_role = 'postgres'",
    ],
)
async def test_the_operator_can_neither_unwrite_the_log_nor_move_a_company(deployment: Deployment, deed: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await deployment.operators.execute(deed)


@pytest.mark.parametrize("state", ["leaving", "moving", "opening"])
async def test_the_operator_opens_and_closes_a_company_and_turns_it_to_nothing_else(
    deployment: Deployment, company: Tenant, state: str
):
    turn = "UPDATE tenant SET state = $2 WHERE id = $1"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await deployment.operators.execute(turn, company.id, state)
    async with servers.as_owner(deployment.server) as owner:
        await owner.execute("UPDATE platform.tenant SET state = $2 WHERE id = $1", company.id, state)
        assert await deployment.operators.execute(turn, company.id, "open") == "UPDATE 0", "nor does it call one back"
        await owner.execute("UPDATE platform.tenant SET state = 'open' WHERE id = $1", company.id)
    assert await deployment.operators.execute(turn, company.id, "closed") == "UPDATE 1"


@pytest.mark.parametrize("role", READ)
async def test_web_and_worker_read_of_the_platform_what_they_need_and_nothing_of_operators(
    deployment: Deployment, role: str
):
    owner = await servers.connect_owner(deployment.server)
    tables = {row["name"]: row["column"] for row in await owner.fetch(_TABLES, ["platform", "outbox"])}
    await owner.close()
    assert {"platform.operator", "platform.operator_attempt"} <= tables.keys()
    name = {"web": deployment.server.web_role, "worker": deployment.server.worker_role}[role]
    connection = await servers.connect_as(deployment.server, deployment.settings, name)
    read = set()
    try:
        for table in tables.keys() - READ[role] - ADDED_TO:
            for statement in STATEMENTS:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement.format(table=table, column=tables[table]))
        for table in tables:
            with suppress(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {table} LIMIT 1")
                read.add(table)
    finally:
        await connection.close()
    assert read == READ[role]


async def test_a_migration_that_trips_over_a_customer_tells_the_operator_no_name(
    deployment: Deployment, company: Tenant, monkeypatch: pytest.MonkeyPatch
):
    async with deployment.scopes.inside(company):
        for email in ("anna@people.example", "bert@people.example"):
            record = Record(email=email, given_name="Mallory", family_name="Beispiel", country="DE")
            await registering.register(record=record, source="test", at=NOON)
    known = migrating.history("tenant")
    unlucky = Migration(len(known) + 1, "unlucky", "CREATE UNIQUE INDEX customer_name ON customer (country);")
    monkeypatch.setattr(migrating, "history", lambda _: (*known, unlucky))
    owner = await servers.connect_owner(deployment.server)
    try:
        behind = Behind(company.id, company.slug, company.schema_name, company.version)
        outcome = await rolling.migrate_company(owner, behind)
    finally:
        await owner.close()
    async with office.reading(deployment) as desk:
        seen = await watching.find(desk, slug=company.slug)
    assert outcome is not None
    assert seen.reason == outcome.fault == "UniqueViolationError 23505 customer customer_name"
    assert seen.failed_version == unlucky.version
