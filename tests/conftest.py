"""One embedded server for the whole run, a database of its own, companies to be inside of, and the door to them."""

import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as dicing
from pydantic import SecretStr

from leumund import asgi
from leumund.api import pacing
from leumund.kit import ground
from leumund.kit.buckets import Rate
from leumund.kit.settings import Settings
from leumund.tenancy import deployment as deployments
from leumund.tenancy import migrating
from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import leftovers, served
from tests.isolation import tally
from tests.journeys import twins
from tests.journeys.twins import Pair

pytest_plugins = ["tests.isolation.hearing"]
BRANDS = ("linden", "birke")
# What is kept there is kept in memory; a whole run needs a quarter of the room, and runs two at a time.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 8 * 2**30
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
# What a client asked for stands in its test; a line a request hides what went wrong, and takes its time.
logging.getLogger("httpx").setLevel(logging.WARNING)
# A busy machine fails no test, and neither do dice that fall otherwise than yesterday; a fixture may serve all throws.
# Whoever looks for what nobody has found yet asks for --hypothesis-profile=anew.
_NO_REASON = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
dicing.register_profile("house", derandomize=True, deadline=None, suppress_health_check=_NO_REASON)
dicing.register_profile("anew", deadline=None, suppress_health_check=_NO_REASON)
dicing.load_profile("house")
# One key attacks in thousands of calls; how often a key may call has tests of its own.
pacing.RATE = Rate(most=10**9, per_second=1e9)


class RollBack(Exception):
    """What a room did is undone when its test ends."""


def pytest_configure(config: pytest.Config) -> None:
    """Begin with all the memory there is: the one process that starts the others looks after it."""
    if not hasattr(config, "workerinput") and MEMORY.is_dir():
        leftovers.sweep(MEMORY)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def run_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the run's database lies: LEUMUND_TEST_DATA where that is set, else in memory if there is room for it.

    A company is some hundred files, and most tests open one: on disk that took as long again.
    """
    given = os.environ.get("LEUMUND_TEST_DATA")
    if given:
        yield Path(given)
    elif MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM_BYTES:
        with TemporaryDirectory(prefix=leftovers.prefix(), dir=MEMORY) as folder:
            yield Path(folder)
    else:
        yield tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def settings(run_data: Path) -> Iterator[Settings]:
    """Settings with an embedded server running."""
    base = Settings(
        secret_key="a secret for tests only, long enough to be one",
        master_keys="a master key for tests only and long enough to be one",
        base_domain="leumund.example",
        smtp_url="smtp://127.0.0.1:1",
        # Nobody: no test asks the world for a name, or for money.
        dns_servers="127.0.0.1#1",
        stripe_url="http://127.0.0.1:1",
        data=run_data,
    )
    with embedded.running(base, database="leumund_" + uuid4().hex[:8]) as url:
        # A test's rows need not survive a power cut.
        server = get_server(run_data.resolve() / "postgres")
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield base.model_copy(update={"database_url": SecretStr(url)})


@pytest.fixture(scope="session")
async def deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """A migrated deployment, opened as the web does."""
    assert settings.database_url is not None
    await migrating.migrate_platform(servers.parse(settings.database_url.get_secret_value()), settings)
    async with deployments.opened(settings, role="web") as opened:
        yield opened


@pytest.fixture(scope="session")
async def open_company(deployment: Deployment) -> Callable[[str], Awaitable[Tenant]]:
    """Open a company by a name to begin with; each call makes another one."""

    async def open_one(name: str) -> Tenant:
        slug = f"{name}-{uuid4().hex[:8]}"
        return await served.company(deployment, slug, name=name.title(), at=NOON)

    return open_one


@pytest.fixture(scope="session")
async def linden(open_company: Callable[[str], Awaitable[Tenant]]) -> Tenant:
    """One company for all room tests: each leaves it as it was."""
    return await open_company("linden")


@pytest.fixture(scope="session")
async def twin(deployment: Deployment, linden: Tenant) -> Tenant:
    """The test company of ``linden``, with nothing in it; each test leaves it as it was."""
    return await served.twin(deployment, linden, at=NOON)


@pytest.fixture(scope="session")
async def pair(deployment: Deployment) -> Pair:
    """A company from its folder and its test company: who changes their texts or counts their rows makes others."""
    return await twins.pair(deployment)


@pytest.fixture
async def company(open_company: Callable[[str], Awaitable[Tenant]]) -> Tenant:
    """A company of this test's own, for what has to be committed."""
    return await open_company("birke")


@pytest.fixture
async def inside(deployment: Deployment, linden: Tenant) -> AsyncIterator[ground.Ground]:
    """You are inside a company; everything is rolled back at the end."""
    try:
        async with deployment.scopes.inside(linden) as here:
            yield here
            raise RollBack
    except RollBack:
        pass


@pytest.fixture(scope="session")
def door(deployment: Deployment) -> Any:
    """The whole web as it is served, over the deployment of the tests."""
    opened = asgi.create()
    opened.use(deployment)
    return opened


@pytest.fixture(scope="session")
async def brands(deployment: Deployment) -> dict[str, Tenant]:
    """Linden and Birke as their folders describe them, by slug."""
    return {slug: await served.brand(deployment, slug) for slug in BRANDS}


@pytest.fixture
def energy(brands: dict[str, Tenant]) -> Tenant:
    """Linden from its folder: German first, cash for both."""
    return brands["linden"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several hands over what it tried: only the first one prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tried"] = tally.tried()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes tried; nothing comes from one that crashed."""
    for surface, attacks in getattr(node, "workeroutput", {}).get("tried", {}).items():
        tally.note(surface, attacks)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was tried, for whoever asks what the wall stands against."""
    for line in tally.lines():
        terminalreporter.write_line(line)
