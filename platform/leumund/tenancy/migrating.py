"""Two histories: the platform's, and each company's; numbered SQL files, each run once in a transaction of its own.

Every file runs with lock and statement timeouts. A second runner waits instead of racing: for the platform at a
lock only the owner can take, for a company at its row. A company that fails is noted and passed over, and keeps what
ran before; running again goes on where it stopped.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg

from leumund.kit import places
from leumund.kit.settings import Settings
from leumund.tenancy import keys
from leumund.tenancy.server import Server, connect_owner

_TIMEOUTS = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '60s';"
_FILE = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")
# A connection that runs many companies' scripts slows down, since each invalidates its plans.
_COMPANIES_A_CONNECTION = 50


_NOTE_FAILURE = """
INSERT INTO platform.migration_failure (tenant, version, reason)
SELECT id, version + 1, $2 FROM platform.tenant WHERE id = $1
ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, reason = excluded.reason, at = now() RETURNING version
"""


class Migration(NamedTuple):
    """One numbered file of a history."""

    version: int
    name: str
    script: str


class Outcome(NamedTuple):
    """What became of one company: ``fault`` is None when it stands at ``version``."""

    slug: str
    version: int
    fault: str | None


@cache
def history(which: str) -> tuple[Migration, ...]:
    """All migrations of ``platform`` or ``tenant``, numbered without a gap."""
    files = sorted((places.migrations() / which).glob("*.sql"))
    migrations = tuple(Migration(_number(path), path.stem, path.read_text("utf-8")) for path in files)
    assert [m.version for m in migrations] == list(range(1, len(migrations) + 1)), f"{which} has a gap"
    return migrations


def latest() -> int:
    """The version a company stands at when all is done."""
    return history("tenant")[-1].version


async def migrate_platform(server: Server, settings: Settings) -> list[str]:
    """Bring the platform's own schema up to date; returns the names of what ran."""
    connection = await connect_owner(server)
    try:
        async with _alone(server):
            return await _run_platform_history(connection, server, settings)
    finally:
        await connection.close()


@asynccontextmanager
async def _alone(server: Server) -> AsyncIterator[None]:
    """Over all files one runner at a time: whoever comes second finds nothing left to do.

    Only who owns the database may comment on it, so only we can take this lock; an advisory one any company could hold.
    """
    guard = await connect_owner(server)
    try:
        async with guard.transaction():
            await guard.execute(f"COMMENT ON DATABASE \"{server.database}\" IS 'Leumund'")
            yield
    finally:
        await guard.close()


async def _run_platform_history(connection: asyncpg.Connection, server: Server, settings: Settings) -> list[str]:
    await _platform_roles(connection, server, settings)
    done = await connection.fetchval("SELECT max(version) FROM platform.migration")
    ran = []
    for migration in history("platform")[done or 0 :]:
        async with connection.transaction():
            await connection.execute(_TIMEOUTS + "SET LOCAL search_path = platform;")
            await connection.execute(_filled(migration.script, server))
            await connection.execute("INSERT INTO migration (version) VALUES ($1)", migration.version)
        ran.append(migration.name)
    return ran


async def migrate_tenants(server: Server) -> AsyncIterator[Outcome]:
    """Bring every company up to date, one by one; yields each as it is done or has failed."""
    behind = await _behind(server)
    for start in range(0, len(behind), _COMPANIES_A_CONNECTION):
        connection = await connect_owner(server)
        try:
            for row in behind[start : start + _COMPANIES_A_CONNECTION]:
                yield await _migrate_one(connection, row["id"], row["slug"])
        finally:
            await connection.close()


async def run_tenant_history(connection: asyncpg.Connection, schema_name: str, *, after: int) -> int:
    """Run what comes after version ``after`` in ``schema_name``, within the caller's transaction."""
    for migration in history("tenant")[after:]:
        await _run(connection, migration, schema_name)
    return latest()


async def _migrate_one(connection: asyncpg.Connection, tenant: UUID, slug: str) -> Outcome:
    try:
        while await _run_next(connection, tenant):
            pass
    except asyncpg.PostgresError as fault:
        failed = await connection.fetchval(_NOTE_FAILURE, tenant, _reason(fault))
        return Outcome(slug, failed - 1, _reason(fault))
    return Outcome(slug, latest(), None)


async def _run_next(connection: asyncpg.Connection, tenant: UUID) -> bool:
    """Run the file a company waits for and note its version, in one transaction; false when it waits for none."""
    async with connection.transaction():
        row = await connection.fetchrow(
            "SELECT schema_name, version FROM platform.tenant WHERE id = $1 FOR UPDATE", tenant
        )
        assert row is not None, "nobody erases during a migration"
        for migration in history("tenant")[row["version"] :][:1]:
            await _run(connection, migration, row["schema_name"])
            await connection.execute("UPDATE platform.tenant SET version = $2 WHERE id = $1", tenant, migration.version)
            await connection.execute("DELETE FROM platform.migration_failure WHERE tenant = $1", tenant)
            return True
    return False


async def _run(connection: asyncpg.Connection, migration: Migration, schema_name: str) -> None:
    await connection.execute(_TIMEOUTS + f"SET LOCAL search_path = {schema_name};")
    await connection.execute(migration.script.replace("{role}", schema_name))


def _reason(fault: asyncpg.PostgresError) -> str:
    """What failed and where, by names alone: the server's own words quote rows, and the operator may read none."""
    places = (getattr(fault, place, None) for place in ("table_name", "column_name", "constraint_name"))
    return " ".join([type(fault).__name__, str(fault.sqlstate), *filter(None, places)])


async def _behind(server: Server) -> list[asyncpg.Record]:
    connection = await connect_owner(server)
    try:
        return list(
            await connection.fetch("SELECT id, slug FROM platform.tenant WHERE version < $1 ORDER BY slug", latest())
        )
    finally:
        await connection.close()


async def _platform_roles(connection: asyncpg.Connection, server: Server, settings: Settings) -> None:
    async with connection.transaction():
        await connection.execute(_TIMEOUTS)
        await connection.execute(
            "CREATE SCHEMA IF NOT EXISTS platform;"
            "CREATE TABLE IF NOT EXISTS platform.migration "
            "(version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());"
        )
        for role in (server.web_role, server.worker_role, server.operator_role):
            await _ensure_role(connection, role, keys.password_of(settings, role))


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f'CREATE ROLE "{role}" LOGIN NOINHERIT')
    await connection.execute(
        f"ALTER ROLE \"{role}\" PASSWORD '{password}';"
        f'ALTER ROLE "{role}" SET search_path = platform;'
        f"ALTER ROLE \"{role}\" SET statement_timeout = '15s';"
    )


def _filled(script: str, server: Server) -> str:
    names = {
        "{database}": server.database,
        "{web}": server.web_role,
        "{worker}": server.worker_role,
        "{operator}": server.operator_role,
    }
    for place, name in names.items():
        script = script.replace(place, f'"{name}"')
    return script


def _number(path: Path) -> int:
    match = _FILE.fullmatch(path.name)
    assert match, f"{path.name} is no migration's name"
    return int(match["number"])
