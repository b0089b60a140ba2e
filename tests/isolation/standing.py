"""Where a company's connections stand: all of them at once, so that none is looked at twice."""

from contextlib import AsyncExitStack
from typing import NamedTuple

from leumund.kit.ground import Connection
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

_WHERE = """
SELECT current_user::text AS is_now, session_user::text AS logged_in, current_schemas(true)::text[] AS sees,
    current_setting('search_path') AS path, pg_my_temp_schema() AS temporary, pg_backend_pid() AS pid
"""
# Whose locks there are no company is told.
_LOCKS = "SELECT count(*) FROM pg_locks WHERE pid = $1 AND locktype = 'advisory'"


class Standing(NamedTuple):
    """One connection: who it is, what it sees, and what was left on it."""

    is_now: str
    logged_in: str
    sees: tuple[str, ...]
    path: str
    temporary: int
    locks: int


async def where(deployment: Deployment, connection: Connection) -> Standing:
    """How ``connection`` stands now."""
    row = await connection.fetchrow(_WHERE)
    assert row is not None, "one row, whatever happened"
    told = {**dict(row), "sees": tuple(row["sees"])}
    return Standing(locks=await locks(deployment, told.pop("pid")), **told)


async def locks(deployment: Deployment, pid: int) -> int:
    """How many advisory locks the session ``pid`` holds, as the owner may see."""
    async with servers.as_owner(deployment.server) as owner:
        return int(await owner.fetchval(_LOCKS, pid))


def at_home(tenant: Tenant) -> Standing:
    """How a connection stands that nobody did anything to."""
    role = tenant.schema_name
    return Standing(role, role, ("pg_catalog", role), role, 0, 0)


async def everywhere(deployment: Deployment, tenant: Tenant) -> set[Standing]:
    """All connections ``tenant`` may have here, borrowed at once."""
    async with AsyncExitStack() as held:
        every = [
            await held.enter_async_context(deployment.pools.connection(tenant))
            for _ in range(deployment.settings.connections_per_company)
        ]
        return {await where(deployment, each) for each in every}
