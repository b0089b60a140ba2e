"""While the database is away everybody is told to come again, and once it is back all goes on; the log says it once."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from leumund import asgi
from leumund.tenancy import deployment as deployments
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.database.reaching import Reaching
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation.callers import OPERATOR, asked
from tests.journeys import locks

Log = list[MutableMapping[str, Any]]
NOBODY_LISTENS = "postgresql://leumund:x@127.0.0.1:1/leumund"


@pytest.fixture
async def owner(deployment: Deployment) -> AsyncIterator[asyncpg.Connection]:
    async with servers.as_owner(deployment.server) as connection:
        yield connection


async def test_whoever_comes_while_the_directory_cannot_be_asked_is_told_to_come_again(
    deployment: Deployment, company: Tenant
):
    lost = deployment.settings.model_copy(update={"database_url": SecretStr(NOBODY_LISTENS)})
    door = asgi.create()
    async with deployments.opened(lost, role="web") as away:
        door.use(away)
        with capture_logs() as log:
            answers = [await asked(door, "/", host=company.host) for _ in range(3)]
        assert {(one.status_code, one.headers["retry-after"]) for one in answers} == {(503, "5")}
        assert told(log) == ["directory_not_reached"]
        door.use(deployment)
        with capture_logs() as log:
            assert (await asked(door, "/imprint", host=company.host)).status_code != 503
        assert told(log) == ["directory_reached_again"]


async def test_a_company_whose_connections_are_refused_is_busy_until_they_are_not(
    deployment: Deployment, owner: asyncpg.Connection, company: Tenant
):
    role = company.schema_name
    async with deployment.scopes.inside(company):
        pass
    await owner.execute(f"ALTER ROLE {role} CONNECTION LIMIT 0")
    await end_connections(owner, role)
    with capture_logs() as log:
        for _ in range(2):
            with pytest.raises(Busy):
                await deployment.scopes.inside(company).__aenter__()
    assert told(log) == ["companies_not_reached"]
    await owner.execute(f"ALTER ROLE {role} CONNECTION LIMIT 50")
    with capture_logs() as log:
        async with deployment.scopes.inside(company):
            pass
    assert told(log) == ["companies_reached_again"]


async def test_an_operator_who_comes_while_the_database_is_away_is_told_to_come_again(deployment: Deployment):
    lost = deployment.settings.model_copy(update={"database_url": SecretStr(NOBODY_LISTENS)})
    door, signed_in = asgi.create(), {"cookie": f"{OPERATOR}=nobody"}
    async with deployments.opened(lost, role="web") as away:
        door.use(away)
        for path in ("/operator", "/served?domain=linden.leumund.example"):
            answer = await asked(door, path, host=lost.base_domain, extra=signed_in)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path


async def test_whoever_loses_the_database_in_the_middle_of_a_page_is_told_to_come_again(
    deployment: Deployment, owner: asyncpg.Connection, door: Any, energy: Tenant
):
    async with servers.as_owner(deployment.server) as blocking, blocking.transaction():
        await blocking.execute(f"LOCK TABLE {energy.schema_name}.consent_text")
        with capture_logs() as log:
            answer = asyncio.create_task(asked(door, "/privacy", host=energy.host))
            await locks.until_waited_for(deployment, energy, "consent_text", by=answer)
            await end_connections(owner, energy.schema_name)
            status, again = (await answer).status_code, (await answer).headers.get("retry-after")
    assert (status, again) == (503, "5")
    assert [line["event"] for line in log] == ["busy"]
    assert (await asked(door, "/privacy", host=energy.host)).status_code == 200, "whoever comes next is heard"


async def end_connections(owner: asyncpg.Connection, role: str) -> None:
    await owner.execute(f"GRANT {role} TO CURRENT_USER")
    await owner.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1", role)
    await owner.execute(f"REVOKE {role} FROM CURRENT_USER")


def test_another_reason_is_told_anew():
    outbox = Reaching("outbox")
    with capture_logs() as log:
        outbox.reached()
        for fault in (OSError(), OSError(), TimeoutError(), OSError()):
            outbox.lost(fault)
    assert [line["fault"] for line in log] == ["OSError", "TimeoutError", "OSError"]


def told(log: Log) -> list[str]:
    return [line["event"] for line in log if "reached" in line["event"]]
