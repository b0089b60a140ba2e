"""Work off the outbox: claim a job, open its company's scope, do the deed once, let the job go."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import Enum
from functools import partial
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog

from leumund.kit import clock, outbox
from leumund.kit.faults import Unknown
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.database.reaching import LOST, Reaching
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import UnknownTenant
from leumund.worker import claiming, rounds
from leumund.worker.claiming import Job

Deed = Callable[[UUID, datetime], Awaitable[object]]
Inside = Callable[[], AbstractAsyncContextManager[object]]
log = structlog.get_logger()
_IDLE_SECONDS = 0.5
_CLOSED_SECONDS = 300.0
_RETRY_CONNECTION_SECONDS = 2.0


class Errand(NamedTuple):
    """A deed that asks somebody outside: it opens its company's scope itself, and holds none open while it waits.

    No mark keeps it from coming twice, so what it writes at the end has to compare with what it began with.
    """

    run: Callable[[Inside, UUID, datetime], Awaitable[object]]


class UnknownKind(Exception):
    """No deed by this name; whoever added the job is newer or older than this worker."""


class Worked(Enum):
    """What became of one look into the outbox."""

    NOTHING_DUE = "nothing due"
    DONE = "done"
    PUT_OFF = "put off"
    FAILED = "failed"


async def work(
    deployment: Deployment,
    pool: asyncpg.Pool,
    deeds: Mapping[str, Deed | Errand],
    stop: asyncio.Event,
    *,
    bulk: bool = True,
) -> None:
    """Work until ``stop`` is set; the job in hand is finished first. A lost or busy database is waited for.

    Without ``bulk`` this hand stays free for what somebody waits for, however slowly the others' mails go out.
    """
    turn, reaching = claiming.Turn(), Reaching("outbox")
    while not stop.is_set():
        try:
            worked = await work_one(deployment, pool, deeds, turn=turn, bulk=bulk)
        except LOST as fault:
            # Whatever it is, this hand ends no other and comes again.
            reaching.lost(fault)
            await rounds.pause(stop, _RETRY_CONNECTION_SECONDS)
            continue
        reaching.reached()
        if worked is Worked.NOTHING_DUE:
            await rounds.pause(stop, _IDLE_SECONDS)


async def work_one(
    deployment: Deployment,
    pool: asyncpg.Pool,
    deeds: Mapping[str, Deed | Errand],
    *,
    turn: claiming.Turn | None = None,
    bulk: bool = True,
) -> Worked:
    """Claim one job and bring it to an end, good or bad, in one transaction of the outbox."""
    async with pool.acquire() as connection, connection.transaction():
        job = await claiming.claim(connection, turn=turn or claiming.Turn(), bulk=bulk)
        if job is None:
            return Worked.NOTHING_DUE
        try:
            if not await _do(deployment, deeds, job):
                await claiming.put_off(connection, job, seconds=_CLOSED_SECONDS)
                return Worked.PUT_OFF
        except (UnknownTenant, UnknownKind, Unknown) as fault:
            # No such company, deed or row: no default stands in for any, and no waiting brings it.
            await claiming.bury(connection, job, fault=type(fault).__name__)
            return Worked.FAILED
        except Busy:
            await claiming.put_off(connection, job, seconds=_IDLE_SECONDS)
            return Worked.PUT_OFF
        except Exception as fault:
            log.warning("job_failed", job=str(job.id), kind=job.kind, company=job.company_role, exc_info=fault)
            # The fault's name only: its text may quote a row, and the outbox holds nothing of a person.
            await claiming.fail(connection, job, fault=type(fault).__name__)
            return Worked.FAILED
        await claiming.finish(connection, job)
        return Worked.DONE


async def _do(deployment: Deployment, deeds: Mapping[str, Deed | Errand], job: Job) -> bool:
    deed = deeds.get(job.kind)
    if deed is None:
        raise UnknownKind(job.kind)
    tenant = await deployment.directory.by_schema(job.company_role)
    if not tenant.is_open:
        return False
    at = clock.now()
    inside = partial(deployment.scopes.inside, tenant)
    if isinstance(deed, Errand):
        await deed.run(inside, job.subject, at)
        return True
    async with inside():
        # The mark commits with the deed, so a job that comes twice takes effect once.
        if await outbox.first_time(job=job.id, at=at):
            await deed(job.subject, at)
    return True
