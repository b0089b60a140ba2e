"""A verification is clean where all is well, and finds each hole that somebody makes in the wall."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
import pytest
from pydantic import SecretStr
from typer.testing import Result

from leumund.audit import attesting
from leumund.demo import staging
from leumund.kit import ground
from leumund.kit.settings import Settings
from leumund.tenancy import deployment as deployments
from leumund.tenancy import migrating, restoring
from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.database.server import Server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.migrating import Migration
from leumund.tenancy.verifying import (
    cataloguing,
    concluding,
    examining,
    granted,
    keeping,
    planning,
    sampling,
    trimming,
    written,
)
from leumund.tenancy.verifying.findings import REFUSED, Report, Tries, Visit
from leumund.tenancy.verifying.planning import Extent
from tests import served, shell
from tests.conftest import NOON

SLUGS = ("linden", "birke")


class Place(NamedTuple):
    """A server of these tests' own, where faults are planted: its superuser, and two companies by their schemas."""

    deployment: Deployment
    server: Server
    linden: str
    birke: str
    superuser: asyncpg.Connection

    def filled(self, sql: str) -> str:
        """``sql`` with the names of this place."""
        names = {"{linden}": self.linden, "{birke}": self.birke, **self.server.places}
        for name, value in names.items():
            sql = sql.replace(name, value)
        return sql

    async def do(self, sql: str) -> None:
        """Run ``sql`` as the superuser."""
        await self.superuser.execute(self.filled(sql))


@pytest.fixture(scope="module")
def wall(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A server with one database, for roles and event triggers are everybody's."""
    folder = tmp_path_factory.mktemp("wall")
    base = settings.model_copy(update={"data": folder, "database_url": None})
    cluster = get_server(folder.resolve() / "postgres", start=False)
    cluster.ensure_pgdata_inited()
    with (cluster.pgdata / "postgresql.conf").open("a") as conf:
        conf.write("wal_level = logical\nmax_prepared_transactions = 2\n")
    with embedded.running(base, database="leumund_wall") as url:
        superuser = get_server(folder.resolve() / "postgres")
        superuser.psql("ALTER SYSTEM SET fsync = off;")
        superuser.psql("SELECT pg_reload_conf();")
        yield base.model_copy(update={"database_url": SecretStr(url)})


@pytest.fixture(scope="module")
async def place(wall: Settings) -> AsyncIterator[Place]:
    assert wall.database_url is not None
    server = servers.parse(wall.database_url.get_secret_value())
    await migrating.migrate_platform(server, wall)
    superuser = await servers.connect_owner(server._replace(owner="postgres", owner_password=None))
    async with deployments.opened(wall, role="web") as deployment:
        tenants = [await served.company(deployment, slug, name=slug.title(), at=NOON) for slug in SLUGS]
        schemas = [tenant.schema_name for tenant in tenants]
        yield Place(deployment, server, schemas[0], schemas[1], superuser)
    await superuser.close()


@pytest.fixture(scope="module")
async def owner(place: Place) -> AsyncIterator[asyncpg.Connection]:
    connection = await servers.connect_owner(place.server)
    yield connection
    await connection.close()


def said(report: Report) -> list[tuple[str, str, str]]:
    return [(check.name, each.object, each.detail) for check in report.checks for each in check.findings]


async def verified(place: Place, **how: Any) -> Report:
    plan = await planning.plan(place.deployment, Extent(**how))
    return await examining.verify(place.deployment, plan, at=NOON)


async def test_where_all_is_well_nothing_is_found_and_everything_was_looked_at(place: Place):
    report = await verified(place)
    assert said(report) == []
    assert report.clean
    # On these a deployment that is well has nothing to look at.
    assert {check.name for check in report.checks if not check.looked_at} <= {"public", "defaults"}
    assert (report.companies, report.probed, report.others, report.unlisted) == (2, 2, 1, 0)


async def test_every_refusal_is_one_of_rights_and_not_of_a_mistake_of_ours(place: Place):
    report = await verified(place)
    answers = {
        each.answer
        for visit in report.visits
        for each in visit.tries
        if "probe" in each.statement or each.tables or each.statement.startswith(("SET", "COPY", "GRANT", "EXPLAIN U"))
    }
    assert answers == {REFUSED}
    tables = {table for visit in report.visits for each in visit.tries for table in each.tables}
    assert {"customer", "isolation_report", "company_key", "job"} <= tables


DROP_CLAIM = (
    "CREATE OR REPLACE FUNCTION hosting.drop_claim(dropped uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER "
    "SET search_path = pg_catalog AS "
)
(CLAIM_DROPPED,) = (said for made, said in written.functions().items() if made.name == "hosting.drop_claim")
# The check that finds it, what is planted, what takes it back; a fault that the owner can make is planted as the owner.
FAULTS = [
    ("company_rights", "GRANT SELECT ON {birke}.customer TO {linden}", "REVOKE ALL ON {birke}.customer FROM {linden}"),
    ("company_rights", "GRANT SELECT ON {birke}.customer TO PUBLIC", "REVOKE ALL ON {birke}.customer FROM PUBLIC"),
    (
        "company_rights",
        "GRANT SELECT (id) ON {birke}.customer TO {web}",
        "REVOKE SELECT (id) ON {birke}.customer FROM {web}",
    ),
    (
        "company_rights",
        "GRANT DELETE ON {birke}.audit_entry TO {birke}",
        "REVOKE DELETE ON {birke}.audit_entry FROM {birke}",
    ),
    (
        "company_rights",
        "GRANT SELECT ON {birke}.customer TO {birke} WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR SELECT ON {birke}.customer FROM {birke}",
    ),
    ("company_rights", "GRANT USAGE ON SCHEMA {birke} TO {operator}", "REVOKE USAGE ON SCHEMA {birke} FROM {operator}"),
    ("company_rights", "GRANT CREATE ON SCHEMA {birke} TO {birke}", "REVOKE CREATE ON SCHEMA {birke} FROM {birke}"),
    ("platform_rights", "GRANT SELECT ON platform.tenant TO PUBLIC", "REVOKE SELECT ON platform.tenant FROM PUBLIC"),
    ("platform_rights", "GRANT SELECT (id) ON outbox.job TO {birke}", "REVOKE SELECT (id) ON outbox.job FROM {birke}"),
    ("elsewhere", "GRANT SELECT (id) ON outbox.job TO {birke}", "REVOKE SELECT (id) ON outbox.job FROM {birke}"),
    ("elsewhere", "ALTER TABLE {linden}.customer OWNER TO {birke}", "ALTER TABLE {linden}.customer OWNER TO {owner}"),
    ("missing", "ALTER ROLE {birke} RENAME TO t_elsewhere", "ALTER ROLE t_elsewhere RENAME TO {birke}"),
    ("missing", "ALTER SCHEMA {birke} RENAME TO elsewhere", "ALTER SCHEMA elsewhere RENAME TO {birke}"),
    ("stray", "CREATE SCHEMA t_0123456789abcdef", "DROP SCHEMA t_0123456789abcdef"),
    ("stray", "CREATE ROLE t_0123456789abcdef LOGIN", "DROP ROLE t_0123456789abcdef"),
    ("attributes", "ALTER ROLE {birke} BYPASSRLS", "ALTER ROLE {birke} NOBYPASSRLS"),
    ("attributes", "ALTER ROLE {birke} CREATEROLE", "ALTER ROLE {birke} NOCREATEROLE"),
    ("attributes", "ALTER ROLE {birke} INHERIT", "ALTER ROLE {birke} NOINHERIT"),
    ("attributes", "ALTER ROLE {web} SUPERUSER", "ALTER ROLE {web} NOSUPERUSER"),
    ("attributes", "ALTER ROLE {birke} CONNECTION LIMIT -1", "ALTER ROLE {birke} CONNECTION LIMIT 50"),
    ("memberships", "GRANT {birke} TO {linden}", "REVOKE {birke} FROM {linden}"),
    ("memberships", "CREATE ROLE mallory; GRANT {owner} TO mallory", "DROP ROLE mallory"),
    ("memberships", "GRANT pg_read_all_data TO {operator}", "REVOKE pg_read_all_data FROM {operator}"),
    (
        "settings",
        "ALTER ROLE {birke} SET search_path = {birke}, public",
        "ALTER ROLE {birke} SET search_path = {birke}",
    ),
    ("settings", "ALTER DATABASE {database} SET search_path = public", "ALTER DATABASE {database} RESET search_path"),
    (
        "settings",
        "ALTER ROLE {birke} IN DATABASE {database} SET search_path = {linden}",
        "ALTER ROLE {birke} IN DATABASE {database} RESET ALL",
    ),
    ("settings", "ALTER ROLE {web} SET search_path = public", "ALTER ROLE {web} SET search_path = platform"),
    ("owners", "ALTER TABLE {birke}.customer OWNER TO {birke}", "ALTER TABLE {birke}.customer OWNER TO {owner}"),
    ("owners", "ALTER SCHEMA {birke} OWNER TO {web}", "ALTER SCHEMA {birke} OWNER TO {owner}"),
    ("kinds", "CREATE VIEW {birke}.everybody AS SELECT 1 AS one", "DROP VIEW {birke}.everybody"),
    (
        "kinds",
        "CREATE FUNCTION {birke}.told() RETURNS int LANGUAGE sql RETURN 1",
        "DROP FUNCTION {birke}.told",
    ),
    (
        "kinds",
        "CREATE TRIGGER told BEFORE UPDATE ON {birke}.customer FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER told ON {birke}.customer",
    ),
    ("kinds", "CREATE RULE told AS ON DELETE TO {birke}.customer DO NOTHING", "DROP RULE told ON {birke}.customer"),
    ("crossings", "CREATE VIEW {birke}.theirs AS SELECT id FROM {linden}.customer", "DROP VIEW {birke}.theirs"),
    (
        "crossings",
        "CREATE TABLE platform.known (id uuid REFERENCES {birke}.customer (id))",
        "DROP TABLE platform.known",
    ),
    (
        "crossings",
        "CREATE TABLE {birke}.child () INHERITS ({linden}.job_done)",
        "DROP TABLE {birke}.child",
    ),
    (
        "crossings",
        "CREATE FUNCTION platform.told() RETURNS bigint LANGUAGE sql "
        "BEGIN ATOMIC SELECT count(*) FROM {birke}.customer; END",
        "DROP FUNCTION platform.told",
    ),
    (
        "row_security",
        "ALTER TABLE hosting.claim DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE hosting.claim ENABLE ROW LEVEL SECURITY",
    ),
    ("row_security", "CREATE POLICY all_of_it ON hosting.claim USING (true)", "DROP POLICY all_of_it ON hosting.claim"),
    (
        "database",
        "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    ),
    ("database", "GRANT CREATE ON DATABASE {database} TO {birke}", "REVOKE CREATE ON DATABASE {database} FROM {birke}"),
    ("database", "GRANT USAGE ON SCHEMA public TO PUBLIC", "REVOKE USAGE ON SCHEMA public FROM PUBLIC"),
    (
        "database",
        "CREATE SCHEMA reports; GRANT USAGE ON SCHEMA reports TO PUBLIC",
        "DROP SCHEMA reports",
    ),
    ("database", "ALTER DATABASE {database} OWNER TO {operator}", "ALTER DATABASE {database} OWNER TO {owner}"),
    ("database", "ALTER DATABASE {database} OWNER TO postgres", "ALTER DATABASE {database} OWNER TO {owner}"),
    ("catalog", "GRANT SELECT ON pg_statistic TO {operator}", "REVOKE SELECT ON pg_statistic FROM {operator}"),
    (
        "catalog",
        "GRANT SELECT (rolpassword) ON pg_authid TO PUBLIC",
        "REVOKE ALL (rolpassword) ON pg_authid FROM PUBLIC",
    ),
    (
        "catalog",
        "GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_read_binary_file(text) FROM PUBLIC",
    ),
    (
        "row_security",
        "ALTER POLICY own ON hosting.claim USING (company_role = session_user::text OR true)",
        "ALTER POLICY own ON hosting.claim USING (company_role = session_user::text)",
    ),
    (
        "stamps",
        "ALTER TABLE outbox.job ALTER company_role SET DEFAULT '{linden}'",
        "ALTER TABLE outbox.job ALTER company_role SET DEFAULT session_user",
    ),
    ("attributes", "CREATE ROLE mallory LOGIN SUPERUSER", "DROP ROLE mallory"),
    (
        "settings",
        "ALTER DATABASE {database} SET session_replication_role = replica",
        "ALTER DATABASE {database} RESET session_replication_role",
    ),
    ("public", "CREATE TABLE public.everybody (id int)", "DROP TABLE public.everybody"),
    (
        "definers",
        "CREATE FUNCTION platform.lent() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
        "DROP FUNCTION platform.lent",
    ),
    (
        "definers",
        "ALTER FUNCTION hosting.drop_claim RESET ALL",
        "ALTER FUNCTION hosting.drop_claim SET search_path = pg_catalog",
    ),
    (
        "defaults",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {birke} GRANT SELECT ON TABLES TO {linden}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {birke} REVOKE SELECT ON TABLES FROM {linden}",
    ),
    (
        "machinery",
        "CREATE FUNCTION public.heard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "
        "CREATE EVENT TRIGGER heard ON ddl_command_end EXECUTE FUNCTION public.heard()",
        "DROP FUNCTION public.heard CASCADE",
    ),
    ("machinery", "CREATE PUBLICATION copies FOR ALL TABLES", "DROP PUBLICATION copies"),
    ("machinery", "CREATE EXTENSION vector", "DROP EXTENSION vector"),
    (
        "machinery",
        "SELECT pg_create_logical_replication_slot('copies', 'pgoutput')",
        "SELECT pg_drop_replication_slot('copies')",
    ),
    ("machinery", "BEGIN; SELECT 1; PREPARE TRANSACTION 'held'", "ROLLBACK PREPARED 'held'"),
    (
        "machinery",
        "CREATE SUBSCRIPTION copies CONNECTION '' PUBLICATION them WITH (connect = false)",
        "ALTER SUBSCRIPTION copies SET (slot_name = NONE); DROP SUBSCRIPTION copies",
    ),
    (
        "functions",
        DROP_CLAIM + "$$ DELETE FROM hosting.claim WHERE id = dropped OR session_user IS NULL RETURNING true $$",
        CLAIM_DROPPED,
    ),
    ("functions", "DROP FUNCTION hosting.drop_claim", CLAIM_DROPPED),
    (
        "functions",
        "CREATE FUNCTION hosting.drop_claim(dropped text) RETURNS boolean LANGUAGE sql RETURN true",
        "DROP FUNCTION hosting.drop_claim(text)",
    ),
    (
        "functions",
        "ALTER FUNCTION hosting.drop_claim SET search_path = pg_catalog, pg_temp",
        "ALTER FUNCTION hosting.drop_claim SET search_path = pg_catalog",
    ),
    (
        "owners",
        "ALTER FUNCTION hosting.drop_claim OWNER TO postgres",
        "ALTER FUNCTION hosting.drop_claim OWNER TO {owner}",
    ),
    (
        "row_security",
        "ALTER POLICY seen ON hosting.claim TO PUBLIC",
        "ALTER POLICY seen ON hosting.claim TO {web}, {worker}, {operator}",
    ),
    (
        "row_security",
        "ALTER POLICY turned ON platform.tenant WITH CHECK (true)",
        "ALTER POLICY turned ON platform.tenant WITH CHECK (state = 'open' OR state = 'closed')",
    ),
    (
        "row_security",
        "DROP POLICY proven ON hosting.claim",
        "CREATE POLICY proven ON hosting.claim FOR UPDATE TO {worker} USING (true) WITH CHECK (true)",
    ),
    (
        "alike",
        "ALTER TABLE {birke}.ledger_posting DROP CONSTRAINT ledger_posting_cents_check",
        "ALTER TABLE {birke}.ledger_posting ADD CHECK (cents > 0)",
    ),
    (
        "alike",
        "ALTER TABLE {birke}.job_done ADD FOREIGN KEY (job) REFERENCES {birke}.customer (id) NOT VALID",
        "ALTER TABLE {birke}.job_done DROP CONSTRAINT job_done_job_fkey",
    ),
    ("alike", "ALTER TABLE hosting.claim DISABLE TRIGGER ALL", "ALTER TABLE hosting.claim ENABLE TRIGGER ALL"),
    (
        "fences",
        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC",
    ),
    (
        "fences",
        "GRANT SELECT (reltuples) ON pg_class TO PUBLIC",
        "REVOKE SELECT (reltuples) ON pg_class FROM PUBLIC",
    ),
    ("doors", "GRANT CONNECT ON DATABASE postgres TO PUBLIC", "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC"),
]


@pytest.mark.parametrize(("name", "plant", "take_back"), FAULTS, ids=lambda text: text.replace(" ", "_")[:60])
async def test_a_fault_that_is_planted_is_found(
    place: Place, owner: asyncpg.Connection, name: str, plant: str, take_back: str
):
    await place.do(plant)
    try:
        checks = await cataloguing.checks(owner, place.server, keepers=())
    finally:
        await place.do(take_back)
    (found,) = (check.findings for check in checks if check.name == name)
    assert found
    assert all(each.mend for each in found)


@pytest.mark.parametrize(
    ("name", "plant", "take_back"),
    [
        (
            "others",
            "GRANT USAGE ON SCHEMA {birke} TO {linden}; GRANT SELECT ON {birke}.customer TO {linden}",
            "REVOKE ALL ON {birke}.customer FROM {linden}; REVOKE USAGE ON SCHEMA {birke} FROM {linden}",
        ),
        ("others", "GRANT {birke} TO {linden}", "REVOKE {birke} FROM {linden}"),
        (
            "serving",
            "GRANT pg_read_all_data TO {operator} WITH INHERIT TRUE",
            "REVOKE pg_read_all_data FROM {operator}",
        ),
        (
            "platform",
            "GRANT USAGE ON SCHEMA platform TO {birke}; GRANT SELECT ON platform.company_key TO {birke}",
            "REVOKE ALL ON platform.company_key FROM {birke}; REVOKE USAGE ON SCHEMA platform FROM {birke}",
        ),
        (
            "platform",
            "GRANT SELECT ON hosting.claim TO PUBLIC",
            "REVOKE SELECT ON hosting.claim FROM PUBLIC",
        ),
        ("escapes", "GRANT CREATE ON SCHEMA {birke} TO {birke}", "REVOKE CREATE ON SCHEMA {birke} FROM {birke}"),
        (
            "escapes",
            "GRANT DELETE ON {birke}.audit_entry TO {birke}",
            "REVOKE DELETE ON {birke}.audit_entry FROM {birke}",
        ),
        (
            "escapes",
            "REVOKE SELECT ON {birke}.audit_entry FROM {birke}",
            "GRANT SELECT ON {birke}.audit_entry TO {birke}",
        ),
        (
            "escapes",
            "GRANT pg_execute_server_program TO {web} WITH INHERIT TRUE",
            "REVOKE pg_execute_server_program FROM {web}",
        ),
        # A test company that would take real money, and a company that can take none.
        (
            "modes",
            "UPDATE platform.tenant SET twin_of = (SELECT id FROM platform.tenant WHERE schema_name = '{linden}') "
            "WHERE schema_name = '{birke}'",
            "UPDATE platform.tenant SET twin_of = NULL WHERE schema_name = '{birke}'",
        ),
        (
            "modes",
            "DELETE FROM {birke}.money_mode WHERE livemode",
            "INSERT INTO {birke}.money_mode (livemode) VALUES (true)",
        ),
    ],
    ids=lambda text: text.replace(" ", "_")[:60],
)
async def test_a_role_that_reaches_too_far_is_caught_at_it(place: Place, name: str, plant: str, take_back: str):
    await place.do("INSERT INTO hosting.claim (company_role, slot, name) VALUES ('{linden}', 1, 'linden.example')")
    await place.do(plant)
    try:
        report = await verified(place)
    finally:
        await place.do(take_back)
        await place.do("DELETE FROM hosting.claim")
    assert name in {check.name for check in report.checks if check.findings}
    caught = [each for visit in report.visits for each in visit.tries if not each.good]
    assert caught, "and the statement that got through is told"


async def test_who_keeps_the_server_is_noted_where_the_setting_names_him_and_found_where_not(
    place: Place, owner: asyncpg.Connection
):
    await place.do(
        "CREATE ROLE keeper LOGIN SUPERUSER; CREATE ROLE hand LOGIN; GRANT pg_read_all_data TO hand; "
        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC"
    )
    await place.do("GRANT CONNECT ON DATABASE postgres, template1 TO PUBLIC; ALTER DATABASE template1 OWNER TO keeper")
    try:
        strict, kept = [
            await cataloguing.checks(owner, place.server, keepers=keepers) for keepers in ([], ["keeper", "hand"])
        ]
    finally:
        await place.do(
            "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC; ALTER DATABASE template1 OWNER TO postgres; "
            "DROP ROLE keeper; REVOKE pg_read_all_data FROM hand; DROP ROLE hand; "
            "REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC"
        )
    found = {check.name: len(check.findings) for check in strict if check.findings}
    assert found == {"attributes": 1, "memberships": 1, "doors": 2, "fences": 1}
    assert not any(check.notes for check in strict)
    assert {check.name: len(check.notes) for check in kept if check.notes} == found | {"doors": 1}
    assert [(check.name, each.object) for check in kept for each in check.findings] == [("doors", "postgres")]


async def test_where_others_keep_the_server_the_command_ends_well_and_tells_what_they_could_do(place: Place):
    await place.do("GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC")
    try:
        strict = await command(place, "--no-deliver")
        kept = await command(place, "--no-deliver", LEUMUND_SERVER_KEEPERS="rdsadmin")
    finally:
        await place.do("REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC")
    assert (strict.exit_code, kept.exit_code) == (1, 0), kept.output
    assert "SELECT lo_create(0): 00000" in strict.output
    assert "Note: Companies' roles may use 1 places" in kept.output


async def test_no_role_of_ours_is_the_servers_keeper_whatever_the_setting_says(place: Place, owner: asyncpg.Connection):
    await place.do("ALTER ROLE {web} SUPERUSER; GRANT pg_read_all_data TO {operator}, {birke}")
    try:
        keepers = [*place.server.serving_roles, place.birke, place.server.owner]
        checks = await cataloguing.checks(owner, place.server, keepers=keepers)
    finally:
        await place.do("ALTER ROLE {web} NOSUPERUSER; REVOKE pg_read_all_data FROM {operator}, {birke}")
    found = {check.name: len(check.findings) for check in checks if check.findings}
    assert found == {"attributes": 1, "memberships": 2}


@pytest.mark.parametrize(
    ("plant", "take_back"),
    [
        (
            "GRANT USAGE ON SCHEMA {birke} TO {linden}; GRANT SELECT ON ALL TABLES IN SCHEMA {birke} TO {linden}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA {birke} FROM {linden}; REVOKE USAGE ON SCHEMA {birke} FROM {linden}",
        ),
        ("GRANT {birke} TO {linden}", "REVOKE {birke} FROM {linden}"),
    ],
)
async def test_a_glance_at_every_company_catches_what_every_table_would(place: Place, plant: str, take_back: str):
    clean = await verified(place, everyone=True, others=0)
    assert said(clean) == []
    assert (clean.others, clean.thorough) == (1, 0)
    await place.do(plant)
    try:
        report = await verified(place, everyone=True, others=0)
    finally:
        await place.do(take_back)
    caught = [visit for visit in report.visits if visit.check == "others" and not all(t.good for t in visit.tries)]
    assert [(visit.role, visit.target) for visit in caught] == [(place.linden, ""), (place.linden, place.birke)]
    assert caught[0].tries[0].answer == place.birke, "asked of all at once, it names whom"


async def test_how_much_will_be_tried_is_known_beforehand(place: Place):
    plan = await planning.plan(place.deployment, Extent(everyone=True, others=0))
    logins: list[bool] = []
    report = await examining.verify(place.deployment, plan, at=NOON, heard=logins.append)
    assert logins == [True] * plan.logins
    assert plan.tries == pytest.approx(report.tried, rel=0.1)


async def test_what_fences_a_server_can_be_said_again_when_the_operators_role_is_there(place: Place):
    for gap in ("GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC", "GRANT SELECT ON pg_class TO PUBLIC"):
        await place.do(gap)
        assert not (await verified(place)).clean
        await place.do((await command(place, deed="fence")).output)
    assert await place.deployment.operators.fetchval("SELECT reltuples FROM pg_class LIMIT 1") is not None
    assert said(await verified(place)) == []


async def test_a_try_that_succeeds_leaves_nothing_behind(place: Place):
    await place.do("GRANT CREATE ON SCHEMA {birke} TO {birke}; ALTER ROLE {birke} SUPERUSER")
    try:
        report = await verified(place)
    finally:
        await place.do("ALTER ROLE {birke} NOSUPERUSER; REVOKE CREATE ON SCHEMA {birke} FROM {birke}")
    done = {each.statement for visit in report.visits for each in visit.tries if not each.good}
    assert {"CREATE ROLE leumund_probe", "CREATE SCHEMA leumund_probe", "SELECT lo_create(0)"} <= done
    left = "SELECT count(*) FROM pg_roles, pg_largeobject_metadata WHERE rolname = 'leumund_probe'"
    assert await place.superuser.fetchval(left) == 0


async def test_a_password_a_company_gave_itself_is_found(place: Place):
    await place.do("ALTER ROLE {birke} PASSWORD 'mine'")
    try:
        report = await verified(place)
    finally:
        await restoring.restore_roles(place.server, place.deployment.settings)
    assert ("logins", place.birke) in {(name, about) for name, about, _ in said(report)}


async def test_when_all_was_taken_back_nothing_is_found_any_more(place: Place):
    assert said(await verified(place)) == []


async def test_a_part_tells_a_company_of_itself_alone(place: Place):
    await place.do("GRANT SELECT ON {birke}.customer TO {web}; GRANT TEMPORARY ON DATABASE {database} TO PUBLIC")
    try:
        report = await verified(place)
    finally:
        await place.do(
            "REVOKE SELECT ON {birke}.customer FROM {web}; REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"
        )
    linden, birke = (concluding.part_of(report, schema) for schema in (place.linden, place.birke))
    assert {name for name, *_ in said(birke)} == {"company_rights", "database", "escapes"}
    assert {name for name, *_ in said(linden)} == {"database", "escapes"}
    assert all(place.linden in (visit.role, visit.target) for visit in linden.visits)
    assert "Birke" not in str(linden)
    assert "birke" not in str(linden)


async def test_the_last_twelve_reports_are_kept(place: Place):
    tenant = await place.deployment.directory.by_slug("linden")
    async with place.deployment.scopes.inside(tenant):
        await ground.execute(
            "INSERT INTO isolation_report (at, findings, report) "
            "SELECT now() + n * interval '1 day', n, '{}' FROM generate_series(1, 15) n"
        )
    await trimming.trim(place.server, [place.linden])
    async with place.deployment.scopes.inside(tenant):
        rows = await ground.fetch("SELECT min(findings) AS oldest, count(*) AS n FROM isolation_report")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with ground.savepoint():
                await ground.execute("DELETE FROM isolation_report")
    assert rows == [{"oldest": 4, "n": 12}]


def test_the_migrations_own_words_say_what_may_be_granted():
    rights = granted.company(migrating.latest())
    assert granted.Right("audit_entry", "", "INSERT", "{role}") in rights
    assert granted.Right("audit_entry", "", "DELETE", "{role}") not in rights
    # What a later one takes away is gone, and of some columns given back.
    gone = {
        ("survey", "UPDATE"),
        ("survey", "DELETE"),
        ("survey_answer", "UPDATE"),
        ("program", "UPDATE"),
        ("program", "DELETE"),
        ("reward_rule", "UPDATE"),
        ("reward_rule", "DELETE"),
        ("reward", "UPDATE"),
    }
    assert granted.company(1) - rights == {granted.Right(table, "", each, "{role}") for table, each in gone}
    assert granted.Right("survey_answer", "marks", "UPDATE", "{role}") in rights
    assert granted.Right("survey_answer", "weight", "UPDATE", "{role}") not in rights
    assert rights - granted.company(1)


@pytest.mark.parametrize(
    ("read", "script"),
    [
        (
            lambda _: written.functions.__wrapped__(),
            "CREATE FUNCTION hosting.told() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;",
        ),
        (written.policies, "CREATE POLICY told ON hosting.claim USING (true);"),
        (written.policies, "CREATE POLICY told ON hosting.claim TO PUBLIC USING (slot = 1 AND slot = 2 OR true);"),
    ],
)
def test_words_of_a_migration_that_could_not_be_compared_are_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch, read: Any, script: str
):
    before = migrating.history("platform")
    for added in ("", script):
        history = (*before, Migration(len(before) + 1, "told", added))
        monkeypatch.setattr(migrating, "history", lambda which, history=history: history)
        with pytest.raises(AssertionError) if added else nullcontext():
            read(place.server)


def test_each_company_of_a_sample_tries_and_is_tried_as_often():
    schemas = [f"t_{n}" for n in range(10)]
    circle = sampling.ring(schemas)
    for others in (3, 9):
        tried = [target for targets in circle.values() for target in targets[:others]]
        assert {tried.count(schema) for schema in schemas} == {others}
    assert all(schema not in targets for schema, targets in circle.items())
    assert sampling.ring(["t_1"]) == {"t_1": []}


def test_of_a_large_fleet_refusals_are_counted_and_holes_are_all_shown():
    kept = keeping.Kept()
    for role in range(20):
        for target in range(20):
            tries = Tries(statement="SELECT", answer=REFUSED, good=(role, target) != (19, 18))
            kept.keep(Visit(check="others", role=f"t_{role}", target=f"t_{target}", tries=(tries,)))
    assert kept.tried["others"] == 400
    assert len(kept.visits) + kept.unlisted == 400
    assert kept.unlisted > 100
    assert concluding.checks(kept)[0].findings


# The command


async def command(place: Place, *arguments: str, deed: str = "verify", **instead: str) -> Result:
    """``leumund isolation`` as a shell would run it."""
    variables = staging.environment_of(place.deployment.settings) | instead
    return await shell.called("isolation", deed, *arguments, **variables)


async def delivered(place: Place, slug: str) -> list[attesting.Attested]:
    async with place.deployment.scopes.reading(await place.deployment.directory.by_slug(slug)):
        return await attesting.reports()


async def test_the_command_writes_both_files_and_gives_each_company_its_part(place: Place, tmp_path: Path):
    before = len(await delivered(place, "birke"))
    ran = await command(place, "--all", "--company", "birke", "--report", str(tmp_path / "wall"))
    assert ran.exit_code == 0, ran.output
    assert "0 findings" in ran.output
    whole = msgspec.json.decode((tmp_path / "wall.json").read_bytes(), type=Report)
    assert (whole.clean, whole.probed, whole.subject) == (True, 2, "")
    page = (tmp_path / "wall.html").read_text("utf-8")
    assert re.search(r"<script|<link|src=|href=|url\(", page) is None, "it stands by itself"
    assert f"EXPLAIN SELECT * FROM {place.birke}" in page

    newest, *_ = await delivered(place, "birke")
    assert len(await delivered(place, "birke")) == before + 1
    async with place.deployment.scopes.reading(await place.deployment.directory.by_slug("birke")):
        part = msgspec.json.decode(await attesting.find(report=newest.id), type=Report)
    assert (part.subject, part.at, part.clean) == (place.birke, whole.at, True)
    assert 0 < part.tried < whole.tried


async def test_the_command_ends_with_one_when_it_found_something_and_says_what_closes_it(place: Place, tmp_path: Path):
    before = await delivered(place, "birke")
    await place.do("GRANT SELECT ON {birke}.customer TO PUBLIC")
    try:
        ran = await command(place, "--no-deliver", "--report", str(tmp_path / "wall.json"))
    finally:
        await place.do("REVOKE SELECT ON {birke}.customer FROM PUBLIC")
    assert ran.exit_code == 1
    assert f'REVOKE SELECT ON "{place.birke}".customer FROM PUBLIC' in ran.output
    assert f"    {place.birke} is birke\n" in ran.output
    assert os.listdir(tmp_path) == ["wall.json"]
    report = (tmp_path / "wall.json").read_text("utf-8")
    assert place.birke in report
    assert not re.search("birke|linden", report), "any company may be handed a report"
    assert await delivered(place, "birke") == before


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        (["--company", "nobody"], {}),
        ([], {"LEUMUND_DATABASE_URL": "postgresql://nobody:wrong@127.0.0.1:1/leumund"}),
        (["--no-deliver", "--report", "/nowhere/at/all"], {}),
    ],
)
async def test_the_command_ends_with_two_when_it_could_not_check(
    place: Place, arguments: list[str], instead: dict[str, str]
):
    ran = await command(place, *arguments, **instead)
    assert ran.exit_code == 2
    assert ran.output
    assert "Traceback" not in ran.output
