"""Let the oldest reports of companies go, which no company can do itself."""

from collections.abc import Sequence

from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server

KEPT = 12


async def trim(server: Server, schemas: Sequence[str]) -> None:
    """Keep the last twelve reports in each of ``schemas``, which come from the directory."""
    async with servers.as_owner(server) as connection:
        for schema in schemas:
            await connection.execute(
                f"DELETE FROM {schema}.isolation_report WHERE id NOT IN "  # noqa: S608
                f"(SELECT id FROM {schema}.isolation_report ORDER BY at DESC, id DESC LIMIT $1)",
                KEPT,
            )
