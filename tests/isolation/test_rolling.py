"""A migration rolls over companies whole, resumable and without stopping the service."""

import asyncio
import re
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from leumund import asgi
from leumund.cli import progress
from leumund.kit import clock, ground
from leumund.tenancy import deployment as deployments
from leumund.tenancy import migrating, rolling
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.migrating import Migration
from leumund.tenancy.rolling import Behind, Outcome
from tests import served
from tests.bench import linking
from tests.conftest import BRANDS
from tests.house.test_citus import sources_of_companies
from tests.isolation import fleets
from tests.isolation.callers import asked
from tests.isolation.fleets import Fleet

OpenCompany = Callable[[str], Awaitable[Tenant]]
# Two statements, so that there is a middle to be killed in; the second one waits for whoever reads customers.
HALVES = (
    "SET LOCAL lock_timeout = 0; CREATE TABLE half (id int PRIMARY KEY); ALTER TABLE customer ADD COLUMN other text;"
)
_STANDING = """
SELECT t.slug, t.version, to_regclass(t.schema_name || '.half') IS NOT NULL AS first, EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = (t.schema_name || '.customer')::regclass AND attname = 'other') AS second
FROM platform.tenant t WHERE schema_name = ANY($1) ORDER BY t.slug
"""
_WAITING = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def behind(company: Tenant) -> Behind:
    return Behind(company.id, company.slug, company.schema_name, company.version)


async def standing(fleet: Fleet) -> dict[str, tuple[int, bool, bool]]:
    """Of each company its version, and whether it has the first and the second half of HALVES."""
    rows = await fleet.rows(_STANDING, list(fleet.schemas.values()))
    return {slug: (version, first, second) for slug, version, first, second in rows}


def whole(standing: dict[str, tuple[int, bool, bool]], new: int) -> bool:
    """Whether each company is either as it was or migrated."""
    return all(there in ((new - 1, False, False), (new, True, True)) for there in standing.values())


async def stuck(fleet: Fleet, runner: "subprocess.Popen[str]", *, count: int) -> list[int]:
    """Wait until ``count`` connections of ``runner`` wait for a lock; returns the server's processes."""
    found: list[tuple] = []
    while len(found) < count:
        assert runner.poll() is None, runner.communicate()
        found = await fleet.rows(_WAITING)
    return [pid for (pid,) in found]


async def test_a_company_keeps_the_files_that_ran_before_the_one_that_failed(
    deployment: Deployment, company: Tenant, monkeypatch: pytest.MonkeyPatch
):
    known = migrating.history("tenant")
    made = fleets.following("CREATE TABLE made (id int PRIMARY KEY);")
    broken = Migration(made.version + 1, "broken", "CREATE TABLE lost (id int PRIMARY KEY); SELECT 1 / 0;")
    mended = broken._replace(script="CREATE TABLE mended (id int PRIMARY KEY);")
    owner = await servers.connect_owner(deployment.server)

    async def migrate(*new: Migration) -> tuple[int, str | None]:
        monkeypatch.setattr(migrating, "history", lambda _: (*known, *new))
        outcome = await rolling.migrate_company(owner, behind(company))
        assert outcome is not None
        assert outcome.version == await owner.fetchval("SELECT version FROM platform.tenant WHERE id = $1", company.id)
        return outcome.version, outcome.fault

    async def tables() -> list[str]:
        found = await owner.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename IN ('made', 'lost', 'mended') "
            "ORDER BY tablename",
            company.schema_name,
        )
        return [row["tablename"] for row in found]

    failed = "SELECT version FROM platform.migration_failure WHERE tenant = $1"
    try:
        assert await migrate(made, broken) == (made.version, "DivisionByZeroError 22012")
        assert await owner.fetchval(failed, company.id) == broken.version, "the file that failed, not the first one due"
        assert await tables() == ["made"]
        assert await migrate(made, mended) == (mended.version, None)
        assert await owner.fetchval(failed, company.id) is None
        assert await tables() == ["made", "mended"]
    finally:
        await owner.close()


async def test_of_runners_at_once_each_company_is_migrated_by_one(
    deployment: Deployment, open_company: OpenCompany, monkeypatch: pytest.MonkeyPatch
):
    companies = [behind(await open_company("linden")) for _ in range(5)]
    known, added = migrating.history("tenant"), fleets.following("CREATE TABLE made (id int PRIMARY KEY);")
    monkeypatch.setattr(migrating, "history", lambda _: (*known, added))
    heard: list[Outcome] = []
    await asyncio.gather(
        *(rolling.roll(deployment.server, companies, jobs=2, heard=heard.append) for _ in range(3)),
    )
    assert sorted(heard) == sorted(
        Outcome(company.slug, added.version, None) for company in companies for _ in range(3)
    )
    owner = await servers.connect_owner(deployment.server)
    try:
        with pytest.raises(asyncpg.DuplicateTableError):
            await owner.execute(migrating.script_for(companies[0].schema_name, (added,), company=companies[0].id))
    finally:
        await owner.close()


async def test_a_company_that_left_meanwhile_is_no_failure(deployment: Deployment, company: Tenant):
    owner = await servers.connect_owner(deployment.server)
    try:
        gone = behind(company)._replace(id=uuid4(), version=0)
        assert await rolling.migrate_company(owner, gone) is None
    finally:
        await owner.close()


async def test_a_runner_killed_in_the_middle_leaves_whole_companies_and_the_next_one_ends_its_work(
    deployment: Deployment, tmp_path: Path
):
    added = fleets.following(HALVES)
    history = fleets.history_with(tmp_path / "migrations", added)
    async with fleets.fleet(deployment, companies=5) as fleet:
        held = sorted(fleet.schemas)[1:4:2]
        reader = await servers.connect_owner(fleet.server)
        try:
            async with reader.transaction():
                for slug in held:
                    await reader.execute(f"LOCK TABLE {fleet.schemas[slug]}.customer IN ACCESS SHARE MODE")
                with fleet.started(history, "migrate", "--jobs", "2") as runner:
                    hanging = await stuck(fleet, runner, count=2)
                    runner.send_signal(signal.SIGKILL)
                # A server notices in its own time that nobody is there to hear it; we do not wait for that.
                await fleet.rows("SELECT pg_terminate_backend(pid, 5000) FROM unnest($1::int[]) AS pid", hanging)
            there = await standing(fleet)
            assert whole(there, added.version)
            assert not any(there[slug][1] for slug in held), "the first half is undone with the second"
            left = sum(version < added.version for version, _, _ in there.values())
            with fleet.started(history, "migrate", "--jobs", "2") as again:
                said, told = again.communicate()
        finally:
            await reader.close()
        assert (again.returncode, said) == (0, f"companies stand at version {added.version}\n"), told
        assert told == f"{left} of {left} companies\n"
        assert set((await standing(fleet)).values()) == {(added.version, True, True)}
        assert whole(await standing(fleet), added.version)
        # What half a company would be is seen.
        await fleet.rows(f"DROP TABLE {fleet.schemas[held[0]]}.half")
        assert not whole(await standing(fleet), added.version)


async def test_what_fails_is_told_at_the_end_and_the_others_are_migrated(deployment: Deployment, tmp_path: Path):
    added = fleets.following("ALTER TABLE audit_entry ADD COLUMN other text;")
    history = fleets.history_with(tmp_path / "migrations", added)
    async with fleets.fleet(deployment, companies=3) as fleet:
        ill = sorted(fleet.schemas)[1]
        await fleet.rows(f"ALTER TABLE {fleet.schemas[ill]}.audit_entry ADD COLUMN other text")
        with fleet.started(history, "migrate") as runner:
            said, told = runner.communicate()
        assert runner.returncode == 1
        name = f"{added.version:04}_{added.name}"
        assert said.splitlines() == [
            f"{ill}: stays at version {added.version - 1}, for {name} failed: DuplicateColumnError 42701",
            "not all companies are up to date",
        ]
        assert told.splitlines() == [
            "3 of 3 companies, 1 failed",
            "some companies could not be migrated; mend the cause and run this again",
        ]
        versions = dict(await fleet.rows("SELECT slug, version FROM platform.tenant"))
        assert versions == {slug: added.version - (slug == ill) for slug in fleet.schemas}


async def test_companies_of_two_versions_are_served_by_one_web_that_never_stopped(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    async with fleets.fleet(deployment, companies=0) as fleet, deployments.opened(fleet.settings, role="web") as ours:
        for slug in BRANDS:
            await served.brand(ours, slug)
        door = asgi.create()
        door.use(ours)
        codes = {}
        for slug in BRANDS:
            async with ours.scopes.inside(await ours.directory.by_slug(slug)):
                codes[slug] = await linking.a_code(at=clock.now())

        async def pages() -> dict[str, tuple[int, str]]:
            answers = {}
            for slug, code in codes.items():
                answer = await asked(door, f"/r/{code}/welcome", host=f"{slug}.leumund.example")
                # Ids and moments in forms differ from page to page.
                answers[slug] = answer.status_code, re.sub("<input[^>]*>", "", answer.text)
            return answers

        async def everything(tenant: Tenant) -> list[dict[str, Any]]:
            async with ours.scopes.reading(tenant):
                return await ground.fetch("SELECT * FROM program")

        before = await pages()
        assert {status for status, _ in before.values()} == {200}
        old = await ours.directory.by_slug("linden")
        await everything(old)
        known = migrating.history("tenant")
        added = fleets.following(
            "ALTER TABLE program ADD COLUMN other text; ALTER TABLE customer ADD COLUMN other text;"
        )
        monkeypatch.setattr(migrating, "history", lambda _: (*known, added))
        heard: list[Outcome] = []
        await rolling.roll(fleet.server, [behind(old)], jobs=1, heard=heard.append)
        assert heard == [Outcome("linden", added.version, None)]
        # What was prepared for the old version does not fit, and whoever knows the new one is not led to it.
        with pytest.raises(asyncpg.InvalidCachedStatementError):
            await everything(old)
        ours.directory.forget()
        new, birke = await ours.directory.by_slug("linden"), await ours.directory.by_slug("birke")
        assert (old.version, new.version, birke.version) == (added.version - 1, added.version, added.version - 1)
        assert "other" in (await everything(new))[0]
        assert "other" not in (await everything(birke))[0]
        assert await pages() == before


def test_no_room_asks_for_all_columns_there_are():
    """Only such a statement would trip over a column that a migration adds while it is prepared."""
    star = re.compile(r"(SELECT|RETURNING)\s+(\w+\.)?\*", re.IGNORECASE)
    assert star.search("SELECT * FROM customer")
    assert [str(path) for path in sources_of_companies() if star.search(path.read_text("utf-8"))] == []


async def test_where_somebody_looks_on_a_bar_moves(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.shown(2, things="companies") as count:
        count(True)
        count(False)
    said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert "companies, 1 failed" in said
    assert "2/2" in said
