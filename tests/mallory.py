"""Mallory with the database's own rights: whoever could change any row, and is found by what cannot be forged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.kit.vaults import Vault
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant


@asynccontextmanager
async def inside(deployment: Deployment, tenant: Tenant, vault: Vault) -> AsyncIterator[Ground]:
    """Inside ``tenant`` as the database's owner, who may do anything; undone at the end."""
    async with as_owner(deployment.server) as owner:
        undone = owner.transaction()
        await undone.start()
        await owner.execute(f"SET LOCAL search_path = {tenant.schema_name}, outbox")
        token = ground.enter(Ground(owner, origin="", vault=vault, is_twin=tenant.is_twin))
        yield ground.current()
        ground.leave(token)
        await undone.rollback()
