"""``leumund serve``, ``work`` and ``returns``: what runs."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import structlog
from granian import Granian
from granian.constants import Interfaces
from pydantic import SecretStr

from leumund.cli import opening
from leumund.kit import logs
from leumund.kit.settings import Settings
from leumund.returns import taking
from leumund.tenancy import deployment as deployments
from leumund.tenancy import listening
from leumund.tenancy.database import probing
from leumund.tenancy.database import server as servers
from leumund.worker import deeds, domains, nightly, working

log = structlog.get_logger()
_DRAIN_SECONDS = 20
_JOBS_AT_ONCE = 5


def serve() -> None:
    """Serve all companies over HTTP; SIGTERM lets running requests finish."""
    with opening.settled() as settings:
        assert settings.database_url is not None, "settled() sees to it"
        _probe(settings)
        # The processes started below read their settings anew; this tells them where the embedded server is, and
        # nothing that only its owner needs.
        os.environ["LEUMUND_DATABASE_URL"] = servers.without_password(settings.database_url.get_secret_value())
        Granian(
            "leumund.asgi:app",
            address=settings.listen_host,
            port=settings.listen_port,
            interface=Interfaces.ASGI,
            workers=settings.web_processes,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=_DRAIN_SECONDS,
        ).serve()


def work() -> None:
    """Work off the outbox; SIGTERM finishes the job in hand."""
    with opening.settled() as settings:
        assert settings.database_url is not None, "settled() sees to it"
        _probe(settings)
        url = servers.without_password(settings.database_url.get_secret_value())
        asyncio.run(_work(settings.model_copy(update={"database_url": SecretStr(url)})))


def returns() -> None:
    """Take mails that come back, by SMTP; what SIGTERM cuts off is brought again."""
    with opening.settled() as settings:
        if not settings.returns_domain:
            opening.stop("LEUMUND_RETURNS_DOMAIN is not set: nothing comes back, and nobody would know whom to ask")
        assert settings.database_url is not None, "settled() sees to it"
        _probe(settings)
        url = servers.without_password(settings.database_url.get_secret_value())
        asyncio.run(_take_returns(settings.model_copy(update={"database_url": SecretStr(url)})))


def _probe(settings: Settings) -> None:
    """Serve nobody where one company might see another's rows."""
    assert settings.database_url is not None, "settled() sees to it"
    server = servers.parse(settings.database_url.get_secret_value())
    try:
        probed = asyncio.run(probing.probe(server, settings))
    except probing.Crossing as fault:
        opening.stop(f"this is no safe way to the database: {fault}")
    for odd in probed.odd:
        log.warning("company_spoiled", fault=odd)


async def _work(settings: Settings) -> None:
    logs.configure()
    stop = _told_to_stop()
    async with AsyncExitStack() as stack:
        deployment = await stack.enter_async_context(deployments.opened(settings, role="worker"))
        pool = await servers.pool_as(deployment.server, settings, deployment.server.worker_role, size=_JOBS_AT_ONCE + 1)
        stack.push_async_callback(pool.close)
        await stack.enter_async_context(listening.told(deployment, role=deployment.server.worker_role))
        known = deeds.deeds(settings, pool)
        log.info("working", kinds=sorted(known))
        # One hand takes no bulk: when mails go out slowly, whoever waits for one does not wait for all of them.
        hands = (working.work(deployment, pool, known, stop, bulk=hand > 0) for hand in range(_JOBS_AT_ONCE))
        await asyncio.gather(nightly.watch(pool, stop), domains.watch(pool, stop), *hands)
    log.info("drained")


async def _take_returns(settings: Settings) -> None:
    logs.configure()
    stop = _told_to_stop()
    async with (
        deployments.opened(settings, role="web") as deployment,
        listening.told(deployment, role=deployment.server.web_role),
    ):
        await taking.serve(deployment, stop=stop)


def _told_to_stop() -> asyncio.Event:
    """Set once the system asks this process to end."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
