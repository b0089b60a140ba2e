"""Companies' roles are given back what they may have changed of themselves: password and settings."""

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import keys, roles
from leumund.tenancy.server import Server, connect_owner

_ROLES = """
SELECT slug, schema_name FROM platform.tenant JOIN pg_roles ON rolname = schema_name ORDER BY slug
"""


async def restore_roles(server: Server, settings: Settings) -> list[str]:
    """Restore every company's role; returns the slugs of those that were changed at the same moment and were not."""
    connection = await connect_owner(server)
    try:
        return [
            row["slug"]
            for row in await connection.fetch(_ROLES)
            if not await _restored(connection, server, settings, row["schema_name"])
        ]
    finally:
        await connection.close()


async def _restored(connection: asyncpg.Connection, server: Server, settings: Settings, role: str) -> bool:
    password = keys.password_of(settings, role)
    try:
        await connection.execute(roles.as_it_was(role, password=password, database=server.database))
    except asyncpg.InternalServerError:
        # "Tuple concurrently updated" has no name of its own.
        return False
    return True
