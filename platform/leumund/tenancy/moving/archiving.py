"""Write a company's archive: all its tables in one snapshot, its keys and the jobs that wait.

The rows are read as the company's own role, so that nothing of another company's can get in; keys and jobs, which it
may not read, as the owner in the same snapshot. Each table is spooled to an unnamed file beside the archive, since a
tar tells a member's size before it: that takes the disk a company's rows take once more, sealed, and no memory.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import keeping
from leumund.tenancy.keys.wrapping import Masters
from leumund.tenancy.moving import archive, encrypting, packing, spooling, tables
from leumund.tenancy.moving.archive import JOB_COLUMNS, Key, Manifest
from leumund.tenancy.moving.packing import Packed
from leumund.tenancy.moving.spooling import Spooled

_ONE_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
# As text, so that any server reads what any other wrote.
_PLAINLY = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'iso_8601';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex';
"""
_JOBS = f"SELECT {', '.join(JOB_COLUMNS)} FROM outbox.job WHERE company_role = $1 ORDER BY enqueued_at, id"  # noqa: S608
_ABOUT = """
SELECT version, ARRAY(SELECT name FROM platform.host WHERE tenant = t.id ORDER BY name) AS hosts,
    ARRAY(SELECT name FROM hosting.claim WHERE company_role = t.schema_name ORDER BY place, name) AS domains
FROM platform.tenant t WHERE id = $1
"""


class NotArchived(Exception):
    """A file of that name is there or on its way, there is no folder to write one into, or it is a test company."""


class _Both(NamedTuple):
    owner: asyncpg.Connection
    company: asyncpg.Connection


async def archive_company(
    server: Server, settings: Settings, tenant: Tenant, *, file: Path, recipients: Sequence[str], at: datetime
) -> Packed:
    """Write all of ``tenant`` to ``file``, sealed for ``recipients``; there is no file when anything fails.

    Raises NotArchived, encrypting.NotSealed and OSError.
    """
    check(file=file, recipients=recipients, tenant=tenant)
    with ExitStack() as open_files:
        spooled = list[Spooled]()
        async with _snapshot(server, settings, tenant) as both:
            async for each in _spooled(both, tenant, file.parent):
                open_files.enter_context(closing(each.file))
                spooled.append(each)
            manifest = await _manifest(both.owner, tenant, spooled, at)
            keys = await _keys(both.owner, settings, tenant)
        return await asyncio.to_thread(packing.pack, file, recipients, manifest, keys, spooled)


def check(*, file: Path, recipients: Sequence[str], tenant: Tenant | None = None) -> None:
    """Refuse beforehand what no archive could be written for, a test company among it.

    Raises NotArchived, encrypting.NotSealed.
    """
    if tenant is not None and tenant.is_twin:
        raise NotArchived("a test company is made anew where its company goes, and has no archive")
    encrypting.check(recipients)
    if file.exists():
        raise NotArchived(f"{file} is there already")
    if (part := packing.unfinished(file)).exists():
        raise NotArchived(f"{part} is there: somebody writes it just now, or was stopped and left it to be removed")
    if not file.parent.is_dir():
        raise NotArchived(f"there is no folder {file.parent}")


@asynccontextmanager
async def _snapshot(server: Server, settings: Settings, tenant: Tenant) -> AsyncIterator[_Both]:
    """The owner and the company, who see the same moment and change nothing."""
    async with (
        servers.as_owner(server) as owner,
        servers.logged_in(server, settings, tenant.schema_name) as company,
    ):
        await owner.execute(_ONE_SNAPSHOT + await _locking(owner, tenant))
        moment = await owner.fetchval("SELECT pg_export_snapshot()")
        await company.execute(f"{_ONE_SNAPSHOT} SET TRANSACTION SNAPSHOT '{moment}'")
        for each in (owner, company):
            await each.execute(_PLAINLY)
        yield _Both(owner, company)


async def _locking(owner: asyncpg.Connection, tenant: Tenant) -> str:
    """What keeps every table as it is, before the snapshot is taken.

    A migration that writes a table anew leaves it empty to whoever looks from an earlier moment.
    """
    return "".join(
        f'LOCK TABLE {tenant.schema_name}."{table.name}" IN ACCESS SHARE MODE;'
        for table in await tables.of(owner, tenant.schema_name)
    )


async def _spooled(both: _Both, tenant: Tenant, folder: Path) -> AsyncIterator[Spooled]:
    """The tables, and at the end the jobs."""
    for table in await tables.of(both.owner, tenant.schema_name):
        if not table.is_ending:
            columns = ", ".join(f'"{column}"' for column in table.columns)
            query = f'SELECT {columns} FROM {tenant.schema_name}."{table.name}"'  # noqa: S608 - names from the catalog
            yield await spooling.spool(both.company, query, name=table.name, columns=table.columns, folder=folder)
    yield await spooling.spool(both.owner, _JOBS, tenant.schema_name, name="jobs", columns=JOB_COLUMNS, folder=folder)


async def _manifest(owner: asyncpg.Connection, tenant: Tenant, spooled: Sequence[Spooled], at: datetime) -> Manifest:
    about = await owner.fetchrow(_ABOUT, tenant.id)
    assert about is not None, "it was there a moment ago, and its schema is"
    return Manifest(
        format=archive.FORMAT,
        product=_product(),
        tenant_version=about["version"],
        company=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        hosts=about["hosts"],
        domains=about["domains"],
        made_at=at,
        tables=[each.part for each in spooled[:-1]],
        jobs=spooled[-1].part,
    )


async def _keys(owner: asyncpg.Connection, settings: Settings, tenant: Tenant) -> list[Key]:
    masters = Masters(settings)
    return [
        Key(
            purpose=each.purpose,
            version=each.version,
            key=masters.unwrap(each, company=tenant.id),
            writes_at=each.writes_at,
        )
        for each in await keeping.held(owner, tenant.id)
    ]


def _product() -> str:
    try:
        return version("leumund")
    except PackageNotFoundError:
        return "a checkout"
