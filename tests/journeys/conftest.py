"""Devices that visit the door, and mails that are read instead of sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys.guests import Guest, Postbox


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
