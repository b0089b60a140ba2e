"""The door in this very loop, companies made from their files, and mails that are read instead of sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from leumund import asgi
from leumund.cli import tenants
from leumund.files import reading
from leumund.kit import places
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys.guests import Guest, Postbox

SLUGS = ("linden", "birke")


@pytest.fixture(scope="session")
def door(deployment: Deployment) -> Any:
    """The whole web as it is served, over the deployment of the tests."""
    opened = asgi.create()
    opened.use(deployment)
    return opened


@pytest.fixture(scope="session")
async def brands(deployment: Deployment) -> dict[str, Tenant]:
    """Linden and Birke as their folders describe them, by slug."""
    for slug in SLUGS:
        await tenants.apply_folder(deployment, reading.read(places.tenants() / slug))
    return {slug: await deployment.directory.by_slug(slug) for slug in SLUGS}


@pytest.fixture
def energy(brands: dict[str, Tenant]) -> Tenant:
    """Linden from its folder: German first, cash for both."""
    return brands["linden"]


@pytest.fixture
async def visit(door: Any) -> AsyncIterator[Callable[..., Guest]]:
    """A person's device at a company's host: ``visit(tenant)``, ``visit(tenant, language="en")``."""
    guests: list[Guest] = []

    def come(tenant: Tenant, **headers: str) -> Guest:
        guests.append(Guest(door, tenant, **headers))
        return guests[-1]

    yield come
    for guest in guests:
        await guest.close()


@pytest.fixture
def postbox(deployment: Deployment) -> Callable[[Tenant], Awaitable[Postbox]]:
    """All mails that wait at a company, delivered into a list: ``await postbox(tenant)``."""

    async def emptied(tenant: Tenant) -> Postbox:
        return await Postbox.emptied(deployment, tenant)

    return emptied
