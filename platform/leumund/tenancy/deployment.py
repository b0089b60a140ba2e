"""One process's hold on the deployment: its settings, server, directory and the way into companies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import server as servers
from leumund.tenancy.directory import Directory
from leumund.tenancy.pools import Pools
from leumund.tenancy.scope import Scopes
from leumund.tenancy.server import Server

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

    companies = servers.behind(server, settings)

    async def open_pool(company_role: str, size: int) -> asyncpg.Pool:
        return await servers.pool_as(companies, settings, company_role, size=size)

    directory_role = {"web": server.web_role, "worker": server.worker_role, "operator": server.operator_role}[role]
    directory_pool = await servers.pool_as(server, settings, directory_role, size=_DIRECTORY_CONNECTIONS)
    # Of the operator's own role; no connection is opened before an operator comes.
    operators = await servers.pool_as(server, settings, server.operator_role, size=_OPERATOR_CONNECTIONS)
    pools = Pools(open_pool, ceiling=settings.connections, per_company=settings.connections_per_company)
    # Operators look companies up and open none: their role reads no key, not even a wrapped one.
    directory = Directory(directory_pool, with_keys=role != "operator")
    try:
        yield Deployment(settings, server, directory, Scopes(settings, pools), pools, operators)
    finally:
        await pools.close()
        await operators.close()
        await directory_pool.close()
