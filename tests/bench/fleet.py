"""A thousand companies, opened and migrated by one column, beside django-tenants doing the same on the same server."""

import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.tenancy import migrating, restoring, rolling
from leumund.tenancy.directory import Tenant
from leumund.tenancy.migrating import Migration
from leumund.tenancy.rolling import Outcome
from tests import served
from tests.bench import archiving, linking, rivalling, standing
from tests.bench.rivalling import Rival

_FEW, _MANY = 10, 1_000
_RIVALS = 50
_JOBS_CREATING = 2
_JOBS_MIGRATING = 4


async def measure(stage: Stage, linden: Tenant) -> None:
    """All of it, from 10 companies on, the given one among them."""
    async with stage.deployment.scopes.inside(linden):
        code = await linking.a_code(at=clock.now())
    await opened(stage, range(_FEW - 1))
    await standing.page(stage, linden, code, companies=_FEW)
    await archiving.archive_milliseconds(stage.deployment, linden)
    creating = await opened(stage, range(_FEW - 1, _MANY - 1))
    await standing.page(stage, linden, code, companies=_MANY)
    await archiving.archive_milliseconds(stage.deployment, linden)
    await archiving.window_seconds(stage.deployment, linden)
    await compared(stage, schema=linden.schema_name, creating=creating, migrating=await migrated(stage), rivals=_RIVALS)
    await standing.active(stage, [_slug(number) for number in range(_MANY - 1)])


async def opened(stage: Stage, numbers: range) -> float:
    """Companies a second, while those with ``numbers`` are opened."""
    deployment, count = stage.deployment, len(numbers)
    slugs = [_slug(number) for number in numbers]
    begun = time.perf_counter()
    await served.many_made(deployment.server, deployment.settings, slugs, jobs=_JOBS_CREATING)
    rate = count / (time.perf_counter() - begun)
    print(f"{count:,} companies opened, {_JOBS_CREATING} at a time: {rate:.1f}/s", flush=True)
    return rate


async def migrated(stage: Stage) -> float:
    """Companies a second, while all there are get one more column."""
    known = migrating.history("tenant")
    added = Migration(len(known) + 1, "added", "ALTER TABLE customer ADD COLUMN added text;")
    heard: list[Outcome] = []
    with patch.object(migrating, "history", lambda _: (*known, added)):
        companies = await rolling.behind(stage.deployment.server)
        begun = time.perf_counter()
        await rolling.roll(stage.deployment.server, companies, jobs=_JOBS_MIGRATING, heard=heard.append)
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        await restoring.restore_roles(stage.deployment.server, stage.deployment.settings, jobs=_JOBS_MIGRATING)
        restored = len(companies) / (time.perf_counter() - begun)
    assert len(heard) == len(companies)
    assert all(outcome.fault is None for outcome in heard), heard
    rate = len(companies) / seconds
    print(f"{len(companies):,} companies migrated, {_JOBS_MIGRATING} at a time: {rate:.0f}/s", flush=True)
    print(f"their roles restored: {restored:.0f}/s", flush=True)
    return rate


async def compared(stage: Stage, *, schema: str, creating: float, migrating: float, rivals: int) -> None:
    """Print the same of django-tenants, over ``rivals`` of its tenants, and how many times as fast ours was."""
    with tempfile.TemporaryDirectory() as folder:
        rivalling.installed(Path(folder))
        rival = await rivalling.prepared(stage.deployment, Path(folder), like=schema, jobs=_JOBS_MIGRATING)
        rate = rivals / rival.create(rivals)
        print(f"django-tenants creates {rate:.2f}/s; ours is {creating / rate:.1f} times as fast", flush=True)
        for number, executor in enumerate(("standard", "multiprocessing"), 2):
            _compare_migration(rival, executor, number, rivals, migrating)


def _compare_migration(rival: Rival, executor: str, number: int, rivals: int, ours: float) -> None:
    rate = rivals / rival.migrate(executor, number=number)
    print(f"django-tenants ({executor}) migrates {rate:.1f}/s; ours is {ours / rate:.1f} times as fast", flush=True)


def _slug(number: int) -> str:
    return f"fleet-{number}"
