"""Wait until somebody waits: what stands in each other's way is seen in the server's locks, and not guessed by time."""

import asyncio
from typing import Any

from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

# Of two who change one row, the second waits for the transaction of the first.
_BEHIND = "SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
_WAITING = "SELECT FROM pg_locks WHERE relation = $1::text::regclass AND NOT granted"


async def until_waited_for(deployment: Deployment, tenant: Tenant, table: str, *, by: asyncio.Task[Any]) -> None:
    """Come back when somebody waits for a lock on ``table``, which ``by`` may not end without."""
    async with servers.as_owner(deployment.server) as owner:
        while not await owner.fetch(_WAITING, f"{tenant.schema_name}.{table}"):
            assert not by.done(), "it had to wait"
            await asyncio.sleep(0.05)


async def until_behind(deployment: Deployment, *, by: asyncio.Task[Any]) -> None:
    """Come back when somebody waits for another to be done with a row, or ``by`` is over without."""
    async with servers.as_owner(deployment.server) as owner:
        while not await owner.fetch(_BEHIND):
            if by.done():
                return
            await asyncio.sleep(0.05)
