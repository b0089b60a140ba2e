"""Prove a company's domain: look, as anybody could, and write down as the worker's own role what was found."""

import asyncio
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
from leumund.worker.working import Errand, Inside

# Whoever asks again and again has us ask their servers no more often than this.
_LOOK_EVERY = timedelta(seconds=5)
_PLAN_SECONDS = 30.0


def errand(settings: Settings, pool: asyncpg.Pool, prover: Prover) -> Errand:
    """The errand of ``claiming.KIND``; ``pool`` is the worker's.

    Others' servers may take their time to answer, and no connection of the company and no transaction waits for them.
    """

    async def prove(inside: Inside, subject: UUID, at: datetime) -> None:
        claim = await _wanted(inside, subject, at)
        if claim is not None:
            found = await _look(settings, prover, claim)
            async with pool.acquire() as connection:
                await judging.judge(connection, claim=claim, found=found, at=at)

    return Errand(prove)


async def watch(pool: asyncpg.Pool, stop: asyncio.Event) -> None:
    """Have each claim looked at when its time has come, until ``stop`` is set.

    The first look at a claim of the console is a job of its own; this is for all later ones, and for folders' claims.
    """

    async def look(connection: Connection) -> None:
        await judging.schedule(connection, kind=claiming.KIND, at=clock.now())

    await rounds.go(pool, stop, look, every_seconds=_PLAN_SECONDS, what="claims")


async def _wanted(inside: Inside, subject: UUID, at: datetime) -> Claim | None:
    """The claim, where it is one to look at."""
    async with inside():
        try:
            claim = await claiming.find(claim=subject)
        except ClaimUnknown:
            # Dropped meanwhile, or never this company's: either way there is nothing to prove.
            return None
    return claim if claim.checked_at is None or at - claim.checked_at >= _LOOK_EVERY else None


async def _look(settings: Settings, prover: Prover, claim: Claim) -> Found:
    try:
        # A claim that came past the form is held to its rules all the same.
        if naming.stored(claim.name, base_domain=settings.base_domain) != claim.name:
            return Found(None, "not_allowed")
    except Refused:
        return Found(None, "not_allowed")
    return await prover.look(name=claim.name, token=claim.token)
