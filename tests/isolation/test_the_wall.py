"""A company's connection reaches its own rows, and everything else is refused by the database itself."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from leumund.kit import ground
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

OpenCompany = Callable[[str], Awaitable[Tenant]]
STATEMENTS = (
    "SELECT * FROM {table}",
    "INSERT INTO {table} DEFAULT VALUES",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "COPY {table} TO STDOUT",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN mine text",
    "GRANT ALL ON {table} TO PUBLIC",
)


async def test_every_statement_on_every_foreign_table_is_refused(deployment: Deployment, open_company: OpenCompany):
    mine, theirs = await open_company("mallory"), await open_company("linden")
    connection = await servers.connect_as(deployment.server, deployment.settings, mine.schema_name)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname IN ($1, 'platform') AND c.relkind = 'r'",
            theirs.schema_name,
        )
        assert len(tables) > 30, "the catalog shows what there is to attack"
        for table in tables:
            for statement in STATEMENTS:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(statement.format(table=table["name"]))
        assert await connection.fetch("SELECT * FROM customer") == [], "its own table answers: the attack can succeed"
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "escape",
    [
        "CREATE TABLE public.mine (id int)",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE {other}",
        "SET SESSION AUTHORIZATION {other}",
        "GRANT {other} TO {me}",
        "SELECT * FROM outbox.job",
        "DELETE FROM outbox.job",
        "INSERT INTO outbox.job (company_role, kind, subject) VALUES ('{other}', 'a.b', gen_random_uuid())",
        "INSERT INTO outbox.job (kind, subject, attempts) VALUES ('a.b', gen_random_uuid(), 3)",
        "ALTER TABLE customer DISABLE TRIGGER ALL",
        "UPDATE ledger_posting SET cents = 1",
        "DELETE FROM consent_event",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
    ],
)
async def test_no_way_leads_out_of_a_company(deployment: Deployment, open_company: OpenCompany, escape: str):
    mine, theirs = await open_company("mallory"), await open_company("linden")
    connection = await servers.connect_as(deployment.server, deployment.settings, mine.schema_name)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(escape.format(other=theirs.schema_name, me=mine.schema_name))
    finally:
        await connection.close()


async def test_the_operators_role_reads_no_customer(deployment: Deployment, company: Tenant):
    connection = await servers.connect_as(deployment.server, deployment.settings, deployment.server.operator_role)
    try:
        assert await connection.fetchval("SELECT count(*) FROM tenant") > 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"SELECT * FROM {company.schema_name}.customer")
    finally:
        await connection.close()


async def test_without_a_scope_there_is_no_table():
    with pytest.raises(ground.OutsideScope):
        await ground.fetch("SELECT 1")


async def test_a_second_company_cannot_be_entered_inside_the_first(deployment: Deployment, open_company: OpenCompany):
    first, second = await open_company("linden"), await open_company("birke")
    async with deployment.scopes.inside(first) as here:
        with pytest.raises(ground.AlreadyInside):
            async with deployment.scopes.inside(second):
                pass
        assert ground.current() is here, "the first company is still the one we are in"


async def test_a_task_that_outlives_its_scope_reaches_nothing(deployment: Deployment, company: Tenant):
    async def late() -> None:
        await asyncio.sleep(0.05)
        await ground.fetch("SELECT 1")

    async with deployment.scopes.inside(company):
        task = asyncio.create_task(late())
    with pytest.raises(ground.OutsideScope):
        await task


async def test_reading_cannot_write(deployment: Deployment, company: Tenant):
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with deployment.scopes.reading(company):
            await ground.execute("DELETE FROM customer")


async def test_a_failed_deed_leaves_nothing(deployment: Deployment, company: Tenant):
    async def deed() -> None:
        async with deployment.scopes.inside(company):
            await ground.execute("INSERT INTO job_done VALUES (gen_random_uuid(), now())")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await deed()
    async with deployment.scopes.reading(company):
        assert await ground.fetch("SELECT * FROM job_done") == []


async def test_the_outbox_stamps_the_company_that_speaks(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await ground.execute(
            "INSERT INTO outbox.job (kind, subject, due_at) VALUES ('a.b', gen_random_uuid(), '2999-01-01')"
        )
    worker = await servers.connect_as(deployment.server, deployment.settings, deployment.server.worker_role)
    try:
        rows = await worker.fetch("DELETE FROM outbox.job WHERE due_at > '2998-01-01' RETURNING company_role")
        assert [row["company_role"] for row in rows] == [company.schema_name]
    finally:
        await worker.close()
