"""Companies are opened whole or not at all, under names that are only names."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import asyncpg
import pytest

from leumund.kit import ground
from leumund.tenancy import migrating, provisioning, roles
from leumund.tenancy.database import embedded, scram
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant, plain_host
from leumund.tenancy.keys import deriving
from leumund.tenancy.leaving import erasing
from tests import served
from tests.conftest import NOON
from tests.isolation import fleets


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
        *(served.made(deployment.server, deployment.settings, slug=slug, name="Race") for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in opened) == ["SlugTaken"] * 3 + ["str"]


async def test_a_company_half_made_is_served_nowhere(deployment: Deployment):
    slug = "half-" + uuid4().hex[:8]
    await served.made(deployment.server, deployment.settings, slug=slug, name="Half")
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


async def test_the_same_hosts_in_the_same_order_are_no_change(deployment: Deployment, company: Tenant):
    hosts = [company.host, "b-c.example", "a.example"]
    owner = await servers.connect_owner(deployment.server)
    try:
        assert await provisioning.give_hosts(owner, company.id, hosts, NOON) == ["hosts"]
        assert await provisioning.give_hosts(owner, company.id, hosts, NOON) == []
        assert await provisioning.give_hosts(owner, company.id, [hosts[0], *reversed(hosts[1:])], NOON) == ["hosts"]
        assert await provisioning.give_hosts(owner, company.id, [hosts[0], "b-c.example", "d.example"], NOON) == [
            "hosts"
        ]
        names = await owner.fetch(
            "SELECT name FROM hosting.claim WHERE company_role = $1 ORDER BY place", company.schema_name
        )
        assert [row["name"] for row in names] == ["b-c.example", "d.example"]
    finally:
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
    assert certificate.tables > 25
    owner = await servers.connect_owner(deployment.server)
    try:
        assert not await owner.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", company.schema_name)
        assert not await owner.fetchval("SELECT true FROM pg_namespace WHERE nspname = $1", company.schema_name)
        assert not await owner.fetchval("SELECT true FROM platform.host WHERE tenant = $1", company.id)
    finally:
        await owner.close()
    with pytest.raises(UnknownTenant):
        await deployment.directory.by_slug(company.slug)


@pytest.mark.parametrize(("last", "left"), [("SELECT 1 / 0;", 0), ("SELECT 1;", 1)])
async def test_of_a_company_whose_last_statement_fails_nothing_is_left(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, last: str, left: int
):
    slug, made = f"whole-{uuid4().hex[:8]}", []
    known, added = migrating.history("tenant"), fleets.following(last)
    monkeypatch.setattr(migrating, "history", lambda _: (*known, added))
    plain = roles.made
    monkeypatch.setattr(roles, "made", lambda name, **rest: made.append(name) or plain(name, **rest))
    with suppress(asyncpg.DivisionByZeroError):
        await served.made(deployment.server, deployment.settings, slug=slug, name="Whole")
    owner = await servers.connect_owner(deployment.server)
    try:
        for sql in (
            "SELECT count(*) FROM pg_roles WHERE rolname = $1",
            "SELECT count(*) FROM pg_namespace WHERE nspname = $1",
            "SELECT count(*) FROM platform.tenant WHERE schema_name = $1",
            "SELECT count(DISTINCT tenant) FROM platform.company_key JOIN platform.tenant ON id = tenant "
            "WHERE schema_name = $1",
        ):
            assert await owner.fetchval(sql, made[0]) == left, sql
    finally:
        await owner.close()


async def test_what_the_server_keeps_of_a_password_lets_in_that_password_and_no_other(
    deployment: Deployment, company: Tenant, linden: Tenant
):
    right = await servers.connect_as(deployment.server, deployment.settings, company.schema_name)
    await right.close()
    theirs = deriving.password_of(deployment.settings, linden.schema_name)
    for wrong in (theirs, scram.verifier(deriving.password_of(deployment.settings, company.schema_name)), ""):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await servers._connect(deployment.server, company.schema_name, wrong)
    assert scram.verifier(theirs) != scram.verifier(theirs)
