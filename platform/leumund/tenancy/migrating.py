"""Two histories: the platform's, and each company's; numbered SQL files, each run once in a transaction of its own.

Every file runs with lock and statement timeouts. Of two who migrate the platform at once the second waits, at a lock
only the owner can take. How a file reaches the companies that are there is told in ``rolling``; one that is opened gets
the whole history at once (``provisioning``).
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
from leumund.tenancy.database import scram
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.keys import deriving

_TIMEOUTS = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '60s';"
_COMMENT = re.compile(r"--[^\n]*")
_FILE = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")


class Migration(NamedTuple):
    """One numbered file of a history."""

    version: int
    name: str
    script: str

    @property
    def statements(self) -> str:
        """The script without its comments."""
        return _COMMENT.sub("", self.script)


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
    async with as_owner(server) as connection, _alone(server):
        return await _run_platform_history(connection, server, settings)


@asynccontextmanager
async def _alone(server: Server) -> AsyncIterator[None]:
    """Over all files one runner at a time: whoever comes second finds nothing left to do.

    Only who owns the database may comment on it, so only we can take this lock; an advisory one any company could hold.
    """
    async with as_owner(server) as guard, guard.transaction():
        await guard.execute(f"COMMENT ON DATABASE \"{server.database}\" IS 'Leumund'")
        yield


async def _run_platform_history(connection: asyncpg.Connection, server: Server, settings: Settings) -> list[str]:
    await _platform_roles(connection, server, settings)
    done = await connection.fetchval("SELECT max(version) FROM platform.migration")
    ran = []
    for migration in history("platform")[done or 0 :]:
        async with connection.transaction():
            await connection.execute(_TIMEOUTS + "SET LOCAL search_path = platform;")
            await connection.execute(server.filled(migration.script))
            await connection.execute("INSERT INTO migration (version) VALUES ($1)", migration.version)
        ran.append(migration.name)
    return ran


def script_for(schema_name: str, migrations: tuple[Migration, ...], *, company: UUID) -> str:
    """The statements of ``migrations`` for one company, to run in one transaction of the owner's."""
    limits = _TIMEOUTS + f"SET LOCAL search_path = {schema_name};\n"
    script = "\n".join(migration.script for migration in migrations)
    return limits + script.replace("{role}", schema_name).replace("{company}", str(company))


async def _platform_roles(connection: asyncpg.Connection, server: Server, settings: Settings) -> None:
    async with connection.transaction():
        await connection.execute(_TIMEOUTS)
        await connection.execute(
            "CREATE SCHEMA IF NOT EXISTS platform;"
            "CREATE TABLE IF NOT EXISTS platform.migration "
            "(version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());"
        )
        for role in server.serving_roles:
            await _ensure_role(connection, role, deriving.password_of(settings, role))


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f'CREATE ROLE "{role}" LOGIN NOINHERIT')
    await connection.execute(
        f"ALTER ROLE \"{role}\" PASSWORD '{scram.verifier(password)}';"
        f'ALTER ROLE "{role}" SET search_path = platform;'
        f"ALTER ROLE \"{role}\" SET statement_timeout = '15s';"
    )


def _number(path: Path) -> int:
    match = _FILE.fullmatch(path.name)
    assert match, f"{path.name} is no migration's name"
    return int(match["number"])
