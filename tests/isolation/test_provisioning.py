"""Companies are opened whole or not at all, under names that are only names."""

import asyncio
from uuid import uuid4

import pytest

from leumund.kit import ground
from leumund.tenancy import embedded, erasing, migrating, provisioning
from leumund.tenancy import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant, plain_host
from leumund.tenancy.migrating import Migration
from tests.conftest import NOON


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "a",
        "A-company",
        "public",
        "operator",
        "pg_catalog",
        'a"b',
        "a;b",
        "a$b",
        "a\0b",
        "a--b",
        "ümlaut",
        "-a",
        "a-",
        "x" * 64,
        "www",
        "a.b",
        "a b",
        "аpple",
    ],
)
def test_a_name_that_is_no_name_is_refused(slug: str):
    with pytest.raises(provisioning.BadSlug):
        provisioning.check_slug(slug)


async def test_of_two_who_want_a_name_one_gets_it(deployment: Deployment):
    slug = "race-" + uuid4().hex[:8]
    opened = await asyncio.gather(
        *(provisioning.open_company(deployment.server, deployment.settings, slug=slug, name="Race") for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in opened) == ["SlugTaken"] * 3 + ["str"]


async def test_a_company_half_made_is_served_nowhere(deployment: Deployment):
    slug = "half-" + uuid4().hex[:8]
    await provisioning.open_company(deployment.server, deployment.settings, slug=slug, name="Half")
    assert await deployment.directory.by_host(f"{slug}.leumund.example") is None


async def test_a_host_belongs_to_one_company(deployment: Deployment, company: Tenant, linden: Tenant):
    with pytest.raises(provisioning.HostTaken):
        async with provisioning.settling(
            deployment.server, deployment.settings, tenant=linden.id, name="Linden", hosts=[company.host], at=NOON
        ):
            pytest.fail("the block is not entered")
    found = await deployment.directory.by_host(company.host)
    assert found is not None
    assert found.id == company.id


async def test_the_same_hosts_are_no_change_however_the_server_sorts_names(deployment: Deployment, company: Tenant):
    hosts = [company.host, "a-c.example", "ab.example"]
    owner = await servers.connect_owner(deployment.server)
    trying = owner.transaction()
    await trying.start()
    try:
        # Many a server's locale looks past hyphens; an enum sorts so too, on a server that knows no locale but C.
        await owner.execute("DELETE FROM platform.host WHERE tenant <> $1", company.id)
        await owner.execute(f"CREATE TYPE platform.sorted AS ENUM ('ab.example', 'a-c.example', '{company.host}')")
        await owner.execute("ALTER TABLE platform.host DROP CONSTRAINT host_name_check")
        await owner.execute("ALTER TABLE platform.host ALTER name TYPE platform.sorted USING name::platform.sorted")
        assert await provisioning._hosts(owner, company.id, hosts, NOON) == ["hosts"]
        for again in (hosts, [hosts[0], *reversed(hosts[1:])]):
            assert await provisioning._hosts(owner, company.id, again, NOON) == []
        assert await provisioning._hosts(owner, company.id, [*hosts[1:], hosts[0]], NOON) == ["hosts"], "another first"
    finally:
        await trying.rollback()
        await owner.close()


@pytest.mark.parametrize("spelling", ["{}", "{}:8000", "{}.", " {} "])
async def test_a_host_is_found_in_every_spelling_of_its_own(deployment: Deployment, company: Tenant, spelling: str):
    found = await deployment.directory.by_host(spelling.format(company.host.upper()))
    assert found is not None
    assert found.id == company.id


@pytest.mark.parametrize(
    "spelling", ["x{}", "{}.x", "www.{}", "", "[::1]", "{0},{0}", "{}/", "user@{}", "{}:65536", "{}:²"]
)
async def test_a_host_is_found_in_no_other(deployment: Deployment, company: Tenant, spelling: str):
    assert await deployment.directory.by_host(spelling.format(company.host)) is None
    assert plain_host("[::1]:80") == "[::1]"


async def test_migrations_go_on_where_they_stopped(deployment: Deployment, company: Tenant):
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute("UPDATE platform.tenant SET version = 0 WHERE id = $1", company.id)
        outcomes = [outcome async for outcome in migrating.migrate_tenants(deployment.server)]
        fault = next(outcome.fault for outcome in outcomes if outcome.slug == company.slug)
        assert fault is not None
        assert "DuplicateTableError" in fault, "its tables are there: the first migration cannot run"
        noted = await owner.fetchval("SELECT reason FROM platform.migration_failure WHERE tenant = $1", company.id)
        assert noted == fault
        await owner.execute("UPDATE platform.tenant SET version = $2 WHERE id = $1", company.id, migrating.latest())
        assert [o async for o in migrating.migrate_tenants(deployment.server) if o.slug == company.slug] == []
    finally:
        await owner.close()


async def test_a_company_keeps_the_files_that_ran_before_the_one_that_failed(
    deployment: Deployment, company: Tenant, monkeypatch: pytest.MonkeyPatch
):
    known = migrating.history("tenant")
    good, bad = len(known) + 1, len(known) + 2
    made = Migration(good, "made", "CREATE TABLE made (id int PRIMARY KEY);")
    broken = Migration(bad, "broken", "CREATE TABLE lost (id int PRIMARY KEY); SELECT 1 / 0;")
    mended = broken._replace(script="CREATE TABLE mended (id int PRIMARY KEY);")
    owner = await servers.connect_owner(deployment.server)

    async def migrate(*new: Migration) -> tuple[int, str | None]:
        monkeypatch.setattr(migrating, "history", lambda _: (*known, *new))
        outcome = await migrating._migrate_one(owner, company.id, company.slug)
        assert outcome.version == await owner.fetchval("SELECT version FROM platform.tenant WHERE id = $1", company.id)
        return outcome.version, outcome.fault

    async def tables() -> list[str]:
        return [
            row["tablename"]
            for row in await owner.fetch(
                "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename IN ('made', 'lost', 'mended') "
                "ORDER BY tablename",
                company.schema_name,
            )
        ]

    failed = "SELECT version FROM platform.migration_failure WHERE tenant = $1"
    try:
        assert await migrate(made, broken) == (good, "DivisionByZeroError 22012")
        assert await owner.fetchval(failed, company.id) == bad, "the file that failed, and not the first that was due"
        assert await tables() == ["made"]
        assert await migrate(made, mended) == (bad, None)
        assert await owner.fetchval(failed, company.id) is None
        assert await tables() == ["made", "mended"]
    finally:
        await owner.close()


async def test_of_runners_at_once_one_migrates_the_platform_and_the_others_find_it_done(deployment: Deployment):
    fresh = deployment.server._replace(database="migrating_" + uuid4().hex[:8])
    postgres = embedded.get_server(deployment.settings.data.resolve() / "postgres")
    postgres.psql(f"CREATE DATABASE {fresh.database} OWNER {fresh.owner};")
    try:
        runs = await asyncio.gather(
            *(migrating.migrate_platform(fresh, deployment.settings) for _ in range(4)), return_exceptions=True
        )
        everything = [migration.name for migration in migrating.history("platform")]
        assert runs.count([]) == 3, runs
        assert everything in runs
    finally:
        postgres.psql(f"DROP DATABASE {fresh.database} WITH (FORCE);")
        for role in (fresh.web_role, fresh.worker_role, fresh.operator_role):
            postgres.psql(f"DROP ROLE IF EXISTS {role};")


async def test_after_erasure_nothing_of_a_company_is_left(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await ground.execute("INSERT INTO job_done VALUES (gen_random_uuid(), now())")
    certificate = await erasing.erase(deployment.server, company, at=NOON)
    assert certificate["tables"] > 25
    owner = await servers.connect_owner(deployment.server)
    try:
        assert not await owner.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", company.schema_name)
        assert not await owner.fetchval("SELECT true FROM pg_namespace WHERE nspname = $1", company.schema_name)
        assert not await owner.fetchval("SELECT true FROM platform.host WHERE tenant = $1", company.id)
    finally:
        await owner.close()
    with pytest.raises(UnknownTenant):
        await deployment.directory.by_slug(company.slug)
