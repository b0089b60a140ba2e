"""Prove a company's domain: look, as anybody could, and write down as the worker's own role what was found."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.kit.settings import Settings
from leumund.tenancy import server as servers
from leumund.tenancy.domains import claiming, judging, naming
from leumund.tenancy.domains.claiming import Claim, ClaimUnknown
from leumund.tenancy.domains.proving import Found, Prover

# Whoever asks again and again has us ask their servers no more often than this.
_LOOK_EVERY = timedelta(seconds=5)
_PLAN_SECONDS = 30.0
log = structlog.get_logger()


def deed(settings: Settings, prover: Prover) -> Callable[[UUID, datetime], Awaitable[None]]:
    """The deed of ``claiming.KIND``, called within the scope of the company that claims."""

    async def prove(subject: UUID, at: datetime) -> None:
        try:
            claim = await claiming.find(claim=subject)
        except ClaimUnknown:
            # Dropped meanwhile, or never this company's: either way there is nothing to prove.
            return
        if claim.checked_at is None or at - claim.checked_at >= _LOOK_EVERY:
            await _note(settings, claim, await _look(settings, prover, claim), at)

    return prove


async def watch(pool: asyncpg.Pool, stop: asyncio.Event) -> None:
    """Have each claim looked at when its time has come, until ``stop`` is set. A lost or busy database is waited for.

    The first look at a claim of the console is a job of its own; this is for all later ones, and for folders' claims.
    """
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PLAN_SECONDS)
        try:
            async with pool.acquire() as connection:
                await judging.schedule(connection, kind=claiming.KIND, at=clock.now())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            log.warning("claims_not_reached", fault=type(fault).__name__)


async def _look(settings: Settings, prover: Prover, claim: Claim) -> Found:
    try:
        # A claim that came past the form is held to its rules all the same.
        if naming.stored(claim.name, base_domain=settings.base_domain) != claim.name:
            return Found(None, "not_allowed")
    except Refused:
        return Found(None, "not_allowed")
    return await prover.look(name=claim.name, token=claim.token)


async def _note(settings: Settings, claim: Claim, found: Found, at: datetime) -> None:
    assert settings.database_url is not None, "a worker has a database"
    server = servers.parse(settings.database_url.get_secret_value())
    connection = await servers.connect_as(server, settings, server.worker_role)
    try:
        await judging.judge(connection, claim=claim, found=found, at=at)
    finally:
        await connection.close()
