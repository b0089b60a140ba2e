"""The database: reached, big enough, with roles that may what they must and no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from leumund.cli.examining.findings import Finding, Health, Ill
from leumund.kit import language
from leumund.kit.settings import Settings
from leumund.tenancy.database import fencing, probing
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server

_OLDEST_POSTGRES = 150_000
# Besides companies' connections a process holds some to the directory, for operators and for claiming jobs.
_CONNECTIONS_BESIDE = 12
_REACHED = """
SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{16}$' AND has_schema_privilege(oid, 'USAGE')
"""


class NoWayIn(Exception):
    """Nothing in the database can be looked at: why, and how to mend it."""


async def database(server: Server, settings: Settings) -> list[Finding]:
    """That one can be reached, is young enough, and has connections for all who may come. Raises NoWayIn."""
    try:
        return await _as_found(server, settings)
    except OSError as fault:
        raise NoWayIn(f"{type(fault).__name__}: {fault}") from None


async def _as_found(server: Server, settings: Settings) -> list[Finding]:
    # Before the first migration there is none but the owner.
    owned = server.owner_password is not None
    async with servers.as_owner(server) if owned else _serving(server, settings, server.web_role) as connection:
        if int(await connection.fetchval("SHOW server_version_num")) < _OLDEST_POSTGRES:
            raise Ill("PostgreSQL 15 or later is needed")
        version, most = [await connection.fetchval(f"SHOW {name}") for name in ("server_version", "max_connections")]
        lines = [Finding(Health.OK, f"PostgreSQL {version}, database {server.database}")]
        wanted = (settings.web_processes + 1) * (settings.connections + _CONNECTIONS_BESIDE)
        if wanted > int(most):
            lines.append(
                Finding(Health.WARN, f"up to {wanted} connections may be wanted, and max_connections is {most}")
            )
        return lines


async def owner(server: Server, _: Settings) -> list[Finding]:
    """That the owner may make what companies live in."""
    try:
        connection = await servers.connect_owner(server)
    except asyncpg.InvalidAuthorizationSpecificationError:
        if server.owner_password is not None:
            raise
        return [Finding(Health.WARN, f"cannot log in as {server.owner}: migrate and tenant need to, serve does not")]
    try:
        allowed = await connection.fetchval(
            "SELECT rolcreaterole AND has_database_privilege(current_database(), 'CREATE') "
            "FROM pg_roles WHERE rolname = current_user"
        )
    finally:
        await connection.close()
    if not allowed:
        raise Ill(f"{server.owner} needs CREATEROLE and CREATE on {server.database}")
    return [Finding(Health.OK, f"{server.owner} may make schemas and roles")]


async def roles(server: Server, settings: Settings) -> list[Finding]:
    """That who serves logs in and reaches no company. Raises NoWayIn."""
    lines = []
    for role in server.serving_roles:
        async with _serving(server, settings, role) as connection:
            reached = await connection.fetchval(_REACHED)
        if reached:
            raise Ill(f"{role} reaches {reached} schemas of companies; revoke that, for it should reach none")
        lines.append(Finding(Health.OK, f"{role} logs in and reaches no company's schema"))
    return lines


async def fences(server: Server, settings: Settings) -> list[Finding]:
    """That companies' roles are left nothing outside their schemas."""
    async with servers.logged_in(server, settings, server.web_role) as connection:
        doors, places = await fencing.open_databases(connection), await fencing.open_places(connection)
    gaps = [(_said("doors", object=door.name), door.mend) for door in doors]
    if places:
        gaps.append((_said("fences", object=places[0], detail=len(places)), fencing.SHUT))
    if gaps:
        return [Finding(Health.WARN, f"{said} {mend}") for said, mend in gaps]
    return [Finding(Health.OK, "companies' roles are left nothing outside their schemas")]


async def way(server: Server, settings: Settings) -> list[Finding]:
    """That sessions stay apart on the way companies are reached."""
    try:
        probed = await probing.probe(server, settings)
    except probing.Crossing as fault:
        raise Ill(str(fault)) from None
    through = "through the pooler" if settings.pooler_url else "straight to the server"
    lines = [Finding(Health.OK, f"{through}, sessions stay apart: tried as {len(probed.companies)} companies")]
    return lines + [Finding(Health.WARN, f"{odd}: run leumund migrate") for odd in probed.odd]


@asynccontextmanager
async def _serving(server: Server, settings: Settings, role: str) -> AsyncIterator[asyncpg.Connection]:
    try:
        async with servers.logged_in(server, settings, role) as connection:
            yield connection
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        raise NoWayIn(f"{fault}: run leumund migrate, with the LEUMUND_SECRET_KEY used here") from None


def _said(check: str, **values: object) -> str:
    return language.text(f"isolation.finding.{check}", "en", **values)
