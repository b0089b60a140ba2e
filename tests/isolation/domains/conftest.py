"""Birke, which has domains, and Mallory, who wants them; ``without_claims`` leaves neither any."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import nameserver
from tests.nameserver import NameServer
from tests.rooms import whole

OpenCompany = Callable[[str], Awaitable[Tenant]]


@pytest.fixture(scope="session")
async def birke(deployment: Deployment, open_company: OpenCompany) -> Tenant:
    """A company that has pages to show."""
    tenant = await open_company("birke")
    async with deployment.scopes.inside(tenant):
        await whole.company(at=clock.now())
    return tenant


@pytest.fixture(scope="session")
async def mallory(open_company: OpenCompany) -> Tenant:
    """A company like any other, but for what it tries."""
    return await open_company("mallory")


@pytest.fixture
async def dns() -> AsyncIterator[NameServer]:
    """The name server everybody's domains are asked of."""
    async with nameserver.running() as server:
        yield server


@pytest.fixture
async def without_claims(birke: Tenant, mallory: Tenant, owner: asyncpg.Connection) -> AsyncIterator[None]:
    yield
    await owner.execute(
        "DELETE FROM hosting.claim WHERE company_role = ANY($1)", [birke.schema_name, mallory.schema_name]
    )
