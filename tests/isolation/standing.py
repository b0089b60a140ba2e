"""Where a company's connections stand: all of them at once, so that none is looked at twice."""

from contextlib import AsyncExitStack
from typing import NamedTuple

from leumund.kit.ground import Connection
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

_WHERE = """
SELECT current_user::text AS is_now, session_user::text AS logged_in, current_schemas(true)::text[] AS sees,
    current_setting('search_path') AS path, pg_my_temp_schema() AS temporary,
    (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') AS locks
"""


class Standing(NamedTuple):
    """One connection: who it is, what it sees, and what was left on it."""

    is_now: str
    logged_in: str
    sees: tuple[str, ...]
    path: str
    temporary: int
    locks: int


async def where(connection: Connection) -> Standing:
    """How ``connection`` stands now."""
    row = await connection.fetchrow(_WHERE)
    assert row is not None, "one row, whatever happened"
    return Standing(**{**dict(row), "sees": tuple(row["sees"])})


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
        return {await where(each) for each in every}
