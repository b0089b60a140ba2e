"""Companies' roles are given back what they may have changed of themselves: password and settings."""

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import roles
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.keys import deriving
from leumund.tenancy.spreading import spread

_ROLES = """
SELECT slug, schema_name FROM platform.tenant JOIN pg_roles ON rolname = schema_name
"""


async def restore_roles(server: Server, settings: Settings, *, jobs: int = 1) -> list[str]:
    """Restore every company's role; returns the slugs of those that were changed at the same moment and were not."""
    changing = []

    async def restore(connection: asyncpg.Connection, company: asyncpg.Record) -> None:
        if not await _restored(connection, server, settings, company["schema_name"]):
            changing.append(company["slug"])

    await spread(server, await _roles(server), jobs=jobs, deed=restore)
    return sorted(changing)


async def _roles(server: Server) -> list[asyncpg.Record]:
    async with as_owner(server) as connection:
        return list(await connection.fetch(_ROLES))


async def _restored(connection: asyncpg.Connection, server: Server, settings: Settings, role: str) -> bool:
    password = deriving.password_of(settings, role)
    try:
        await connection.execute(roles.as_it_was(role, password=password, database=server.database))
    except asyncpg.InternalServerError:
        # "Tuple concurrently updated" has no name of its own.
        return False
    return True
