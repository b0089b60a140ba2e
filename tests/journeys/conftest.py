"""Devices that visit the door, and mails that are read instead of sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from leumund.demo import staging
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import served
from tests.journeys import elsewhere, staffing
from tests.journeys.guests import Guest, Postbox
from tests.journeys.people import CHROMIUM, CHROMIUM_FLAGS
from tests.journeys.tabs import Open, Tabs
from tests.rooms import whole


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


@pytest.fixture(scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Database, web, worker and mail server as processes, with Linden and Birke: for tests in a browser.

    All of them share it, since it takes long to set up; who changes a company's texts or counts its rows opens one.
    """
    async with staging.staged(tmp_path_factory.mktemp("stage")) as opened:
        for slug in ("linden", "birke"):
            await served.brand(opened.deployment, slug)
        yield opened


@pytest.fixture
def postbox(deployment: Deployment) -> Callable[[Tenant], Awaitable[Postbox]]:
    """All mails that wait at a company, delivered into a list: ``await postbox(tenant)``."""

    async def emptied(tenant: Tenant) -> Postbox:
        return await Postbox.emptied(deployment, tenant)

    return emptied


@pytest.fixture
async def birke(deployment: Deployment, company: Tenant) -> Tenant:
    """A company of this test's own that has described itself and offers a program."""
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now() - timedelta(days=1))
    return company


@pytest.fixture
def desk(deployment: Deployment, visit: Callable[..., Guest], birke: Tenant) -> Callable[..., Awaitable[Guest]]:
    """Somebody of ``birke`` signed in at the console: ``await desk()``, ``await desk(role="viewer")``."""

    async def sit_down(**who: str) -> Guest:
        return await staffing.at_desk(deployment, visit, birke, **who)

    return sit_down


@pytest.fixture(scope="session")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Another deployment on a server of its own."""
    async with elsewhere.opened(tmp_path_factory.mktemp("elsewhere")) as deployment:
        yield deployment


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """The system's own Chromium, one for all tests of a file."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def tab(door: Any, browser: Browser) -> AsyncIterator[Open]:
    """A tab of that Chromium at a company's host: ``await tab(tenant, width=390, language="en")``."""
    tabs = Tabs(door, browser)
    yield tabs.open
    await tabs.close()
