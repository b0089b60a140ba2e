"""The only way into a company: its own connection, one transaction, and out again."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from leumund.kit import clock, ground
from leumund.kit.settings import Settings
from leumund.kit.vaults import Vault
from leumund.tenancy.database import reaching
from leumund.tenancy.database.pools import Pools
from leumund.tenancy.database.replica import Replica
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys.wrapping import Masters, Vaults


class Scopes:
    """Opens scopes over ``pools``, each with its company's keys, and over ``replica`` for figures; one a process."""

    def __init__(self, settings: Settings, pools: Pools, replica: Replica | None = None) -> None:
        self._settings = settings
        self._pools = pools
        self._replica = replica
        self._vaults = Vaults(Masters(settings))

    def companies(self) -> set[UUID]:
        """Whose keys are held."""
        return self._vaults.companies()

    def schemas(self) -> set[str]:
        """Whose connections are held, by their schemas' names."""
        return set[str]().union(*(pools.companies() for pools in self._all_pools()))

    async def keep(self, standing: Mapping[UUID, tuple[str, int]]) -> None:
        """Hold keys and connections of no companies but those in ``standing``: each's schema and version, by its id."""
        for company in self._vaults.companies() - set(standing):
            self._vaults.forget(company)
        for pools in self._all_pools():
            await pools.keep(dict(standing.values()))

    def vault(self, tenant: Tenant) -> Vault:
        """The company's keys without its rows: for what is signed and needs no query."""
        return self._vaults.vault(tenant.id, tenant.keys, at=clock.now())

    def _all_pools(self) -> list[Pools]:
        return [self._pools, *([self._replica.pools] if self._replica else [])]

    @asynccontextmanager
    async def inside(self, tenant: Tenant) -> AsyncIterator[ground.Ground]:
        """One transaction as ``tenant``'s role: committed at the end, rolled back on any exception.

        Of a company that moves the database refuses to write a row: asyncpg.ReadOnlySQLTransactionError.
        Raises ground.AlreadyInside within another scope and pools.Busy when no connection is free.
        """
        async with self._standing(tenant, readonly=tenant.is_moving) as here:
            yield here

    @asynccontextmanager
    async def reading(self, tenant: Tenant) -> AsyncIterator[ground.Ground]:
        """Like ``inside``, and the database itself refuses to write: what a GET may use."""
        async with self._standing(tenant, readonly=True) as here:
            yield here

    @asynccontextmanager
    async def figures(self, tenant: Tenant) -> AsyncIterator[ground.Ground]:
        """Like ``reading``, of rows that may be replica.BEHIND_SECONDS old: nothing is decided by them."""
        replica = self._replica
        pools = replica.pools if replica is not None and await replica.stands(tenant) else self._pools
        async with self._standing(tenant, readonly=True, pools=pools) as here:
            yield here

    @asynccontextmanager
    async def _standing(
        self, tenant: Tenant, *, readonly: bool, pools: Pools | None = None
    ) -> AsyncIterator[ground.Ground]:
        if ground.is_open():
            raise ground.AlreadyInside("one company at a time")
        async with (pools or self._pools).connection(tenant) as connection:
            origin = self._settings.origin(tenant.host)
            vault = self.vault(tenant)
            here = ground.Ground(connection, origin=origin, vault=vault, is_twin=tenant.is_twin, readonly=readonly)
            token = ground.enter(here)
            try:
                # asyncpg's own transaction leaves nothing set when COMMIT itself fails, unlike Piccolo's.
                with reaching.plainly():
                    async with connection.transaction(readonly=readonly):
                        yield here
            finally:
                ground.leave(token)
                here.end()
