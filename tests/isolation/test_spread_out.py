"""What Citus is told so that companies may live on many machines.

Citus is nothing a bare machine can install, so its functions and catalogs are played by stand-ins of the same names and
signatures, which keep a record of what they were told. What Citus does with it is not tried here (decision 23).
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from leumund.kit.settings import Settings
from leumund.tenancy import citus, migrating
from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.database.server import Server
from tests import served

# The signatures are those of Citus 12 and later. A schema made while the setting is on is distributed, as there.
STAND_INS = """
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY);
CREATE TABLE pg_catalog.pg_dist_schema (schemaid oid PRIMARY KEY);
CREATE TABLE pg_catalog.pg_dist_node (groupid integer);
GRANT SELECT ON pg_catalog.pg_dist_partition, pg_catalog.pg_dist_schema, pg_catalog.pg_dist_node TO PUBLIC;
CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(
    table_name regclass, cascade_via_foreign_keys boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND table_name IN (conrelid, confrelid))
        AND NOT cascade_via_foreign_keys THEN
        RAISE EXCEPTION 'relation % is involved in a foreign key relationship', table_name;
    END IF;
    WITH RECURSIVE taken (oid) AS (
        SELECT table_name::oid
        UNION
        SELECT unnest(ARRAY[c.conrelid, c.confrelid]) FROM taken JOIN pg_constraint c
            ON c.contype = 'f' AND taken.oid IN (c.conrelid, c.confrelid)
    )
    INSERT INTO pg_dist_partition SELECT oid FROM taken;
END $$;
CREATE FUNCTION pg_catalog.citus_schema_distribute(schemaname regnamespace) RETURNS void
LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO pg_dist_schema VALUES (schemaname)';
CREATE FUNCTION public.distributed() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF current_setting('citus.enable_schema_based_sharding', true) = 'on' THEN
        INSERT INTO pg_dist_schema SELECT objid FROM pg_event_trigger_ddl_commands();
    END IF;
END $$;
CREATE EVENT TRIGGER distributed ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION public.distributed();
GRANT SET ON PARAMETER citus.enable_schema_based_sharding TO leumund_owner;
"""


@pytest.fixture
def scratch(settings: Settings) -> Iterator[Settings]:
    """A database of its own on the tests' server."""
    name = "leumund_" + uuid4().hex[:8]
    yield settings.model_copy(update={"database_url": SecretStr(embedded.made(settings, database=name))})
    get_server(settings.data.resolve() / "postgres").psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture
async def server(scratch: Settings) -> Server:
    assert scratch.database_url is not None
    at = servers.parse(scratch.database_url.get_secret_value())
    await migrating.migrate_platform(at, scratch)
    return at


def stand_in(server: Server, *, coordinator: bool = True) -> None:
    """Play a Citus in ``server``'s database."""
    named = "INSERT INTO pg_catalog.pg_dist_node VALUES (0);" if coordinator else ""
    psql = get_server(Path(server.host)).psql
    psql(f"\\set ON_ERROR_STOP on\n\\connect {server.database}\n{STAND_INS}{named}")


async def asked(server: Server, sql: str) -> list[asyncpg.Record]:
    owner = await servers.connect_owner(server)
    try:
        return list(await owner.fetch(sql))
    finally:
        await owner.close()


async def prepare(server: Server) -> list[str]:
    return [done async for done in citus.prepare(server)]


async def undistributed(server: Server) -> set[str]:
    rows = await asked(
        server,
        "SELECT schema_name AS name FROM platform.tenant WHERE NOT EXISTS "
        "(SELECT FROM pg_dist_schema WHERE schemaid = to_regnamespace(schema_name))",
    )
    return {row["name"] for row in rows}


async def test_what_all_share_is_shared_once_and_companies_are_distributed(server: Server, scratch: Settings):
    old = await served.made(server, scratch, slug="linden", name="Linden")
    stand_in(server)
    assert await undistributed(server) == {old}

    said = await prepare(server)

    shared = await asked(server, "SELECT logicalrelid::text AS name FROM pg_dist_partition")
    tables = await asked(
        server,
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
        "WHERE tableowner = current_user AND schemaname !~ '^t_[a-z0-9]{16}$'",
    )
    assert {row["name"] for row in shared} == {row["name"] for row in tables}
    assert {"platform.tenant", "outbox.job"} <= {row["name"] for row in shared}
    assert f"{old}: may live on any machine" in said
    assert await undistributed(server) == set()


async def test_a_company_opened_afterwards_is_distributed_from_its_first_table_on(server: Server, scratch: Settings):
    stand_in(server)
    assert not await citus.is_prepared(server)
    before = await served.made(server, scratch, slug="linden", name="Linden")
    assert await undistributed(server) == {before}, "without being told, it would not be"
    await prepare(server)

    await served.made(server, scratch, slug="birke", name="Birke")

    assert await citus.is_prepared(server)
    assert await undistributed(server) == set()


async def test_what_is_done_is_left_alone_and_what_is_new_is_shared(server: Server):
    stand_in(server)
    assert await prepare(server)
    assert await prepare(server) == []
    await asked(server, "CREATE TABLE platform.later (id uuid PRIMARY KEY)")
    assert await prepare(server) == ["platform.later: known to all machines"]


async def test_a_database_without_citus_is_left_as_it_was(server: Server):
    with pytest.raises(citus.NotCitus, match="CREATE EXTENSION"):
        await prepare(server)
    assert not await citus.is_prepared(server)


async def test_a_coordinator_nobody_can_find_is_said_before_anything_is_shared(server: Server):
    stand_in(server, coordinator=False)
    with pytest.raises(citus.NotCitus, match="citus_set_coordinator_host"):
        await prepare(server)
    assert await asked(server, "SELECT logicalrelid FROM pg_dist_partition") == []
