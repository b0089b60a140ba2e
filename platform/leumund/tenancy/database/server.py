"""The database server of this deployment and the roles that log in to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple, cast, get_args
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import roles
from leumund.tenancy.keys import deriving

_STATEMENTS_PREPARED = 100
SslMode = Literal["disable", "prefer", "allow", "require", "verify-ca", "verify-full"]


class BadUrl(Exception):
    """The database URL names an sslmode PostgreSQL does not know."""


class Server(NamedTuple):
    """Where the database is and who owns it; ``host`` is a name or a socket folder.

    ``pooled`` is one behind a pooler in transaction mode: it is asked for no session settings, which the pooler says
    itself (``pooling``), and prepares nothing that has to last.
    """

    host: str
    port: int
    database: str
    owner: str
    owner_password: str | None
    ssl: SslMode
    pooled: bool = False

    @property
    def web_role(self) -> str:
        return f"{self.database}_web"

    @property
    def worker_role(self) -> str:
        return f"{self.database}_worker"

    @property
    def operator_role(self) -> str:
        return f"{self.database}_operator"

    @property
    def pooler_role(self) -> str:
        return f"{self.database}_pooler"

    @property
    def serving_roles(self) -> tuple[str, ...]:
        """The platform's own roles: each reaches the directory or less, and none a company."""
        return (self.web_role, self.worker_role, self.operator_role, self.pooler_role)

    @property
    def places(self) -> dict[str, str]:
        """Its names, by what stands for them in scripts and statements."""
        return {
            "{database}": self.database,
            "{owner}": self.owner,
            "{web}": self.web_role,
            "{worker}": self.worker_role,
            "{operator}": self.operator_role,
            "{pooler}": self.pooler_role,
        }

    def filled(self, script: str) -> str:
        """``script`` with its names, quoted."""
        for place, name in self.places.items():
            script = script.replace(place, f'"{name}"')
        return script


def parse(url: str) -> Server:
    """A server from ``postgresql://owner:password@host:port/database?host=socket&sslmode=mode``."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Server(
        host=query.get("host", parts.hostname or "127.0.0.1"),
        port=parts.port or 5432,
        database=parts.path.strip("/"),
        owner=unquote(parts.username or "postgres"),
        owner_password=unquote(parts.password) if parts.password else None,
        ssl=_ssl_mode(query.get("sslmode", "prefer")),
    )


def behind(server: Server, settings: Settings) -> Server:
    """Where companies' connections go: through the pooler where there is one, else straight to ``server``."""
    return server if settings.pooler_url is None else beside(server, settings.pooler_url)._replace(pooled=True)


def beside(server: Server, url: str) -> Server:
    """``server`` as it is reached at ``url``: the same database and roles in another place."""
    at = parse(url)
    return server._replace(host=at.host, port=at.port, ssl=at.ssl)


def without_password(url: str) -> str:
    """``url`` for those who log in by derived passwords alone and have no use for the owner's."""
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{place}" if user else place))


def _ssl_mode(text: str) -> SslMode:
    for mode in get_args(SslMode):
        if mode == text:
            return cast(SslMode, mode)
    raise BadUrl(f"sslmode={text}")


async def connect_owner(server: Server) -> asyncpg.Connection:
    """A connection of the migration role; only provisioning and migrations use one."""
    return await _connect(server, server.owner, server.owner_password)


@asynccontextmanager
async def as_owner(server: Server) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the migration role until the block ends."""
    connection = await connect_owner(server)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def logged_in(server: Server, settings: Settings, role: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of ``role`` until the block ends."""
    connection = await connect_as(server, settings, role)
    try:
        yield connection
    finally:
        await connection.close()


async def connect_as(server: Server, settings: Settings, role: str) -> asyncpg.Connection:
    """A connection logged in as ``role`` with its derived password."""
    return await _connect(server, role, deriving.password_of(settings, role), session=_session(server, role))


async def pool_as(server: Server, settings: Settings, role: str, *, size: int) -> asyncpg.Pool:
    """At most ``size`` connections of ``role``, opened on demand."""
    return await asyncpg.create_pool(
        host=server.host,
        port=server.port,
        database=server.database,
        ssl=_ssl(server),
        user=role,
        password=deriving.password_of(settings, role),
        min_size=0,
        max_size=size,
        max_inactive_connection_lifetime=60,
        server_settings=_session(server, role),
        # Behind a pooler the next transaction may run on another session, where nothing was prepared; and what is to be
        # reset when a connection is given back, the pooler resets.
        statement_cache_size=0 if server.pooled else _STATEMENTS_PREPARED,
        reset=_left_to_the_pooler if server.pooled else None,
    )


async def _left_to_the_pooler(_: object) -> None:
    """Nothing: ``pooling`` tells the pooler what to reset after each transaction."""


async def _connect(
    server: Server, user: str, password: str | None, *, session: dict[str, str] | None = None
) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=server.host,
        port=server.port,
        database=server.database,
        ssl=_ssl(server),
        user=user,
        password=password,
        server_settings=session,
        statement_cache_size=0 if server.pooled else _STATEMENTS_PREPARED,
    )


def _session(server: Server, role: str) -> dict[str, str] | None:
    return None if server.pooled or role in server.serving_roles else roles.session(role)


def _ssl(server: Server) -> Literal[False] | SslMode:
    return False if server.host.startswith("/") else server.ssl
