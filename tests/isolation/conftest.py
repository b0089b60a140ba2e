"""Linden, in which every attack begins, and Birke, at which each is aimed."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation import two_companies
from tests.isolation.two_companies import Side

OpenCompany = Callable[[str], Awaitable[Tenant]]


@pytest.fixture(scope="session")
async def ours(deployment: Deployment, open_company: OpenCompany) -> Side:
    """Linden: whoever attacks has all rights here."""
    return await two_companies.furnish(deployment, open_company, "linden")


@pytest.fixture(scope="session")
async def theirs(deployment: Deployment, open_company: OpenCompany) -> Side:
    """Birke: nothing of it may be seen or changed."""
    return await two_companies.furnish(deployment, open_company, "birke")


@pytest.fixture
async def owner(deployment: Deployment) -> AsyncIterator[asyncpg.Connection]:
    """The migration role, which alone sees everything: for looking at what attacks did."""
    connection = await servers.connect_owner(deployment.server)
    yield connection
    await connection.close()
