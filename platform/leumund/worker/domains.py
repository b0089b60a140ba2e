"""Prove a company's domain: look, as anybody could, and write down as the worker's own role what was found."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.kit.ground import Connection
from leumund.kit.settings import Settings
from leumund.tenancy.domains import claiming, judging, naming
from leumund.tenancy.domains.claiming import Claim, ClaimUnknown
from leumund.tenancy.domains.proving import Found, Prover
from leumund.worker import rounds

# Whoever asks again and again has us ask their servers no more often than this.
_LOOK_EVERY = timedelta(seconds=5)
_PLAN_SECONDS = 30.0


def deed(settings: Settings, pool: asyncpg.Pool, prover: Prover) -> Callable[[UUID, datetime], Awaitable[None]]:
    """The deed of ``claiming.KIND``, called within the scope of the company that claims; ``pool`` is the worker's."""

    async def prove(subject: UUID, at: datetime) -> None:
        try:
            claim = await claiming.find(claim=subject)
        except ClaimUnknown:
            # Dropped meanwhile, or never this company's: either way there is nothing to prove.
            return
        if claim.checked_at is None or at - claim.checked_at >= _LOOK_EVERY:
            found = await _look(settings, prover, claim)
            async with pool.acquire() as connection:
                await judging.judge(connection, claim=claim, found=found, at=at)

    return prove


async def watch(pool: asyncpg.Pool, stop: asyncio.Event) -> None:
    """Have each claim looked at when its time has come, until ``stop`` is set.

    The first look at a claim of the console is a job of its own; this is for all later ones, and for folders' claims.
    """

    async def look(connection: Connection) -> None:
        await judging.schedule(connection, kind=claiming.KIND, at=clock.now())

    await rounds.go(pool, stop, look, every_seconds=_PLAN_SECONDS, unreached="claims_not_reached")


async def _look(settings: Settings, prover: Prover, claim: Claim) -> Found:
    try:
        # A claim that came past the form is held to its rules all the same.
        if naming.stored(claim.name, base_domain=settings.base_domain) != claim.name:
            return Found(None, "not_allowed")
    except Refused:
        return Found(None, "not_allowed")
    return await prover.look(name=claim.name, token=claim.token)
