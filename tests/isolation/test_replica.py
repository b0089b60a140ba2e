"""Figures come from a replica while it is near enough, and from the primary when it is not."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from leumund.audit import noting
from leumund.kit import ground
from leumund.tenancy import deployment as deployments
from leumund.tenancy.database import replica
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.isolation.standby import Standby, following


@pytest.fixture(scope="module")
async def standby(deployment: Deployment, linden: Tenant) -> AsyncIterator[Standby]:
    async with following(deployment) as begun:
        yield begun


@pytest.fixture
async def followed(deployment: Deployment, standby: Standby, linden: Tenant) -> AsyncIterator[Deployment]:
    """The deployment with the replica beside it, which has replayed all there is."""
    settings = deployment.settings.model_copy(update={"replica_url": standby.url})
    async with deployments.opened(settings, role="web") as opened:
        await caught_up(opened, linden)
        yield opened


async def from_replica(deployment: Deployment, tenant: Tenant) -> bool:
    """Whether the figures of ``tenant`` come from the replica now."""
    async with deployment.scopes.figures(tenant):
        (row,) = await ground.fetch(
            "SELECT pg_is_in_recovery() AS replica, session_user::text AS login, current_schema() AS home"
        )
    assert (row["login"], row["home"]) == (tenant.schema_name,) * 2
    return bool(row["replica"])


async def caught_up(deployment: Deployment, tenant: Tenant) -> None:
    async with asyncio.timeout(60):
        while not await from_replica(deployment, tenant):  # noqa: ASYNC110 - the replica does not say when
            await asyncio.sleep(0.02)


async def write(deployment: Deployment, tenant: Tenant) -> None:
    async with deployment.scopes.inside(tenant):
        await noting.note(actor="system:test", action="test.written", at=NOON)


async def test_figures_come_from_the_replica_and_all_else_from_the_primary(followed: Deployment, linden: Tenant):
    async with followed.scopes.reading(linden):
        assert await ground.fetch("SELECT pg_is_in_recovery() AS replica") == [{"replica": False}]
    async with followed.scopes.figures(linden):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await ground.execute("INSERT INTO audit_entry (actor, action) VALUES ('system:test', 'test.written')")


async def test_a_company_sees_no_other_on_the_replica_either(followed: Deployment, linden: Tenant, company: Tenant):
    await caught_up(followed, company)
    async with followed.scopes.figures(linden):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ground.fetch(f"SELECT * FROM {company.schema_name}.customer")


async def test_a_replica_that_has_fallen_behind_is_passed_over_until_it_has_caught_up(
    followed: Deployment, standby: Standby, linden: Tenant, monkeypatch: pytest.MonkeyPatch
):
    # No age is young enough: what is not replayed is behind. So no test has to grow old to see it.
    monkeypatch.setattr(replica, "BEHIND_SECONDS", -1.0)
    await standby.says("SELECT pg_wal_replay_pause()")
    try:
        await write(followed, linden)
        with capture_logs() as logged:
            for _ in range(3):
                assert not await from_replica(followed, linden)
        assert [entry["event"] for entry in logged] == ["replica_passed_over"], "said once, not at every look"
        monkeypatch.setattr(replica, "BEHIND_SECONDS", 1e9)
        assert await from_replica(followed, linden), "the same replica passes where older rows are good enough"
        monkeypatch.setattr(replica, "BEHIND_SECONDS", -1.0)
    finally:
        await standby.says("SELECT pg_wal_replay_resume()")
    await caught_up(followed, linden)


async def test_a_replica_that_has_not_heard_of_a_companys_migration_is_passed_over(
    followed: Deployment, linden: Tenant
):
    assert not await from_replica(followed, msgspec.structs.replace(linden, version=linden.version + 1))


async def test_a_second_primary_is_no_replica(deployment: Deployment, linden: Tenant):
    """A replica that was promoted follows nobody: what it says may be anything."""
    url = f"postgresql:///{deployment.server.database}?host={deployment.server.host}"
    settings = deployment.settings.model_copy(update={"replica_url": url})
    async with deployments.opened(settings, role="web") as opened:
        assert opened.scopes._replica is not None
        assert not await opened.scopes._replica.stands(linden)


async def test_while_the_primary_is_away_figures_are_put_off_like_all_else(deployment: Deployment, linden: Tenant):
    """Nobody can tell then how old the replica's rows are."""
    database, host = deployment.server.database, deployment.server.host
    away = {
        "database_url": SecretStr(f"postgresql://leumund:x@127.0.0.1:1/{database}"),
        "replica_url": f"postgresql:///{database}?host={host}",
    }
    async with deployments.opened(deployment.settings.model_copy(update=away), role="web") as opened:
        with pytest.raises(Busy):
            await opened.scopes.figures(linden).__aenter__()


async def test_without_the_replica_figures_come_from_the_primary_and_from_it_again_when_it_is_back(
    followed: Deployment, standby: Standby, linden: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(replica, "_AGAIN_SECONDS", 0.0)
    await standby.stop()
    try:
        for _ in range(3):
            assert not await from_replica(followed, linden)
    finally:
        await standby.start()
    await caught_up(followed, linden)
