"""One process's hold on the deployment: its settings, server, directory and the way into companies."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.pools import Pools
from leumund.tenancy.database.replica import Replica
from leumund.tenancy.database.server import Server
from leumund.tenancy.directory import Directory
from leumund.tenancy.scope import Scopes

_DIRECTORY_CONNECTIONS = 4
_OPERATOR_CONNECTIONS = 3


class Deployment(NamedTuple):
    """Made once a process and handed to its entrances."""

    settings: Settings
    server: Server
    directory: Directory
    scopes: Scopes
    pools: Pools
    operators: asyncpg.Pool


@asynccontextmanager
async def opened(settings: Settings, *, role: str) -> AsyncIterator[Deployment]:
    """Open a deployment whose directory is read as ``role`` (web, worker or operator); everything closes at the end."""
    assert settings.database_url is not None, "the door starts the embedded server and says where it is"
    server = servers.parse(settings.database_url.get_secret_value())
    directory_role = {"web": server.web_role, "worker": server.worker_role, "operator": server.operator_role}[role]
    async with AsyncExitStack() as stack:

        async def opened_pool(at: Server, login: str, size: int) -> asyncpg.Pool:
            pool = await servers.pool_as(at, settings, login, size=size)
            stack.push_async_callback(pool.close)
            return pool

        directory_pool = await opened_pool(server, directory_role, _DIRECTORY_CONNECTIONS)
        # Of the operator's own role; no connection is opened before an operator comes.
        operators = await opened_pool(server, server.operator_role, _OPERATOR_CONNECTIONS)
        pools = _companies_of(servers.behind(server, settings), settings)
        stack.push_async_callback(pools.close)
        replica = None
        if settings.replica_url is not None:
            beside = servers.beside(server, settings.replica_url)
            here = await opened_pool(beside, directory_role, _DIRECTORY_CONNECTIONS)
            replica = Replica(primary=directory_pool, here=here, pools=_companies_of(beside, settings))
            stack.push_async_callback(replica.pools.close)
        # Operators look companies up and open none: their role reads no key, not even a wrapped one.
        directory = Directory(directory_pool, with_keys=role != "operator")
        yield Deployment(settings, server, directory, Scopes(settings, pools, replica), pools, operators)


def _companies_of(server: Server, settings: Settings) -> Pools:
    async def open_pool(company_role: str, size: int) -> asyncpg.Pool:
        return await servers.pool_as(server, settings, company_role, size=size)

    return Pools(open_pool, ceiling=settings.connections, per_company=settings.connections_per_company)
