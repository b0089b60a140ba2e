"""Clicks, counted in this process and written in batches: whoever follows a link never waits for a write.

A batch is written every twentieth of a second, each company's by itself, four at a time; where so many are clicked at
once that this takes long, the next round waits nine times as long as the last one took, half a second at most. So a
killed process loses what was clicked since, and one that is told to end nothing. What cannot be written now is kept for
the next round: a company that moves may be written again in a few minutes, and a database comes back. What cannot be
written for a quarter of an hour is given up and logged, and of no company more is held than so many counts and hashes,
so that nobody costs memory for good.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from time import monotonic

import structlog

from leumund.referrals import clicking
from leumund.referrals.clicking import Count, Where
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public.passing import Passing

log = structlog.get_logger()
EVERY_SECONDS = 0.05
LONGEST_SECONDS = 0.5
_REST = 9
_KEPT_SECONDS = 900.0
_AGAIN_SECONDS = 1.0
# Pages need connections too.
_AT_ONCE = 4
# Whoever is longer in being written holds up no other company's counts.
_PATIENCE_SECONDS = 1.0
MOST_COUNTS = 100_000
MOST_VISITORS = 100_000


class _Counted:
    """What waits to be written of one link, day and campaign."""

    __slots__ = ("clicks", "machines", "visitors")

    def __init__(self) -> None:
        self.clicks = 0
        self.machines = 0
        self.visitors: set[int] = set()


class _Batch:
    """What waits to be written of one company, since ``begun``; what was ``tried`` in vain is not before ``due``."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.begun = monotonic()
        self.due = 0.0
        self.tried = False
        self.counts: dict[Where, _Counted] = {}
        self.room = MOST_VISITORS

    def add(self, where: Where, *, clicks: int = 0, machines: int = 0, visitors: Collection[int] = ()) -> None:
        """Beyond what a batch may hold, visitors are told apart no more, and then links counted no more."""
        counted = self.counts.get(where)
        if counted is None:
            if len(self.counts) >= MOST_COUNTS:
                return
            counted = self.counts[where] = _Counted()
        counted.clicks += clicks
        counted.machines += machines
        if visitors and self.room > 0:
            before = len(counted.visitors)
            counted.visitors.update(visitors)
            self.room -= len(counted.visitors) - before


# Keyed by the schema's name, which no two companies ever share.
_waiting: dict[str, _Batch] = {}
# Whose are being written; what comes for one of them meanwhile waits.
_writing: dict[str, asyncio.Task[None]] = {}


def note(*, tenant: Tenant, where: Where, who: Passing) -> None:
    """Count that a link was followed; it is in the database a twentieth of a second later."""
    batch = _waiting.get(tenant.schema_name) or _batch(tenant)
    if who.machine:
        batch.add(where, machines=1)
    else:
        batch.add(where, clicks=1, visitors=() if who.visitor is None else (who.visitor,))


@asynccontextmanager
async def counted(deployment: Deployment) -> AsyncIterator[None]:
    """Write what was noted in rounds, and the rest at the end."""
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
        for batch in _waiting.values():
            batch.due = 0.0
        await _round(deployment)
        await asyncio.gather(*_writing.values())


async def _write_until(ended: asyncio.Event, deployment: Deployment) -> None:
    rest = EVERY_SECONDS
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(rest):
                await ended.wait()
        begun = monotonic()
        await _round(deployment)
        rest = min(LONGEST_SECONDS, max(EVERY_SECONDS, _REST * (monotonic() - begun)))
    await flush(deployment)


async def _round(deployment: Deployment) -> None:
    """Write what waits now of whoever is not being written already."""
    now = monotonic()
    turns = deque(name for name, batch in _waiting.items() if name not in _writing and batch.due <= now)

    async def hand() -> None:
        while turns:
            schema_name = turns.popleft()
            task = _writing[schema_name] = asyncio.create_task(_write_one(deployment, schema_name))
            await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)

    await asyncio.gather(*(hand() for _ in range(min(_AT_ONCE, len(turns)))))


async def _write_one(deployment: Deployment, schema_name: str) -> None:
    try:
        await _write(deployment, _waiting.pop(schema_name))
    finally:
        del _writing[schema_name]


async def _write(deployment: Deployment, batch: _Batch) -> None:
    try:
        if batch.tried:
            # What was in the way may be over, and the directory says so.
            batch.tenant = await deployment.directory.by_schema(batch.tenant.schema_name)
        async with deployment.scopes.inside(batch.tenant):
            await clicking.count(
                counts={where: Count(c.clicks, c.machines, c.visitors) for where, c in batch.counts.items()}
            )
    except Exception as fault:
        _keep(batch, fault)


def _keep(batch: _Batch, fault: Exception) -> None:
    """Have ``batch`` tried again, added to what came meanwhile; or give it up."""
    if monotonic() - batch.begun >= _KEPT_SECONDS:
        lost = sum(each.clicks + each.machines for each in batch.counts.values())
        log.error("clicks lost", tenant=batch.tenant.schema_name, clicks=lost, exc_info=fault)
        return
    kept = _batch(batch.tenant)
    kept.begun, kept.due, kept.tried = batch.begun, monotonic() + _AGAIN_SECONDS, True
    for where, each in batch.counts.items():
        kept.add(where, clicks=each.clicks, machines=each.machines, visitors=each.visitors)


def _batch(tenant: Tenant) -> _Batch:
    return _waiting.setdefault(tenant.schema_name, _Batch(tenant))
