"""Clicks, counted in this process and written in batches: a landing page never waits for a write.

A count belongs to one link of one company and says nothing of who came. What cannot be written now is kept for the
next second: a company that moves may be written again in a few minutes, and a database comes back. What cannot be
written for a quarter of an hour is given up and logged, so that nobody costs memory for good. Each company's are
written by themselves: one that keeps us waiting loses no other its counts.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog

from leumund.kit import clock
from leumund.referrals import clicking
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

log = structlog.get_logger()
_EVERY_SECONDS = 1.0
_MOST_TRIES = 900
# Pages need connections too.
_AT_ONCE = 4


class _Batch:
    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.clicks: Counter[UUID] = Counter()
        self.tries = 0


# Keyed by the schema's name, which no two companies ever share.
_waiting: dict[str, _Batch] = {}
# Whose are being written; what comes for one of them meanwhile waits.
_writing: dict[str, asyncio.Task[None]] = {}


def note(*, tenant: Tenant, link: UUID) -> None:
    """Count one click on ``link``; it is in the database a second later."""
    _batch(tenant).clicks[link] += 1


@asynccontextmanager
async def counted(deployment: Deployment) -> AsyncIterator[None]:
    """Write what was noted every second, and the rest at the end."""
    ended = asyncio.Event()
    writing = asyncio.create_task(_write_until(ended, deployment))
    try:
        yield
    finally:
        ended.set()
        await writing


async def flush(deployment: Deployment) -> None:
    """Write all that waits now, and what came for whoever was being written."""
    for _ in range(2):
        _begin(deployment)
        await asyncio.gather(*_writing.values())


def _begin(deployment: Deployment) -> None:
    hands = asyncio.Semaphore(_AT_ONCE)
    for schema_name in _waiting.keys() - _writing.keys():
        _writing[schema_name] = asyncio.create_task(_write_one(deployment, schema_name, hands))


async def _write_one(deployment: Deployment, schema_name: str, hands: asyncio.Semaphore) -> None:
    try:
        async with hands:
            await _write(deployment, _waiting.pop(schema_name))
    finally:
        del _writing[schema_name]


async def _write_until(ended: asyncio.Event, deployment: Deployment) -> None:
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(_EVERY_SECONDS):
                await ended.wait()
        _begin(deployment)
    await flush(deployment)


async def _write(deployment: Deployment, batch: _Batch) -> None:
    try:
        if batch.tries:
            # What was in the way may be over, and the directory says so.
            batch.tenant = await deployment.directory.by_schema(batch.tenant.schema_name)
        async with deployment.scopes.inside(batch.tenant):
            await clicking.count(clicks=batch.clicks, day_date=clock.now().date())
    except Exception as fault:
        batch.tries += 1
        if batch.tries >= _MOST_TRIES:
            log.error("clicks lost", tenant=batch.tenant.schema_name, clicks=batch.clicks.total(), exc_info=fault)
            return
        kept = _batch(batch.tenant)
        kept.clicks.update(batch.clicks)
        kept.tries = max(kept.tries, batch.tries)


def _batch(tenant: Tenant) -> _Batch:
    return _waiting.setdefault(tenant.schema_name, _Batch(tenant))
