"""``leumund doctor``: what a deployment needs, looked at one by one."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import typer

from leumund.cli import opening
from leumund.kit.settings import Settings
from leumund.tenancy import migrating
from leumund.tenancy import server as servers
from leumund.tenancy.server import Server

_OLDEST_POSTGRES = 150_000


def doctor() -> None:
    """Look at database, roles, migrations and mail, and say what is wrong and how to mend it."""
    with opening.settled() as settings:
        if not asyncio.run(_examine(settings)):
            raise typer.Exit(1)


async def _examine(settings: Settings) -> bool:
    assert settings.database_url is not None, "settled() sees to it"
    server = servers.parse(settings.database_url.get_secret_value())
    checks: dict[str, Callable[[Server, Settings], Awaitable[str]]] = {
        "database": _database,
        "roles": _roles,
        "migrations": _migrations,
        "mail": _mail,
    }
    good = True
    for name, check in checks.items():
        try:
            typer.echo(f"ok    {name}: {await check(server, settings)}")
        except Exception as fault:
            good = False
            typer.echo(f"FAIL  {name}: {fault or type(fault).__name__}")
    return good


async def _database(server: Server, _: Settings) -> str:
    connection = await servers.connect_owner(server)
    try:
        number = int(await connection.fetchval("SHOW server_version_num"))
        if number < _OLDEST_POSTGRES:
            raise RuntimeError("PostgreSQL 15 or later is needed")
        allowed = await connection.fetchval(
            "SELECT rolcreaterole AND has_database_privilege(current_database(), 'CREATE') "
            "FROM pg_roles WHERE rolname = current_user"
        )
        if not allowed:
            raise RuntimeError(f"{server.owner} needs CREATEROLE and CREATE on {server.database}")
        return f"PostgreSQL {await connection.fetchval('SHOW server_version')}"
    finally:
        await connection.close()


async def _roles(server: Server, settings: Settings) -> str:
    roles = (server.web_role, server.worker_role, server.operator_role)
    for role in roles:
        await (await servers.connect_as(server, settings, role)).close()
    return ", ".join(roles) + " can log in"


async def _migrations(server: Server, _: Settings) -> str:
    connection = await servers.connect_owner(server)
    try:
        platform = await connection.fetchval("SELECT coalesce(max(version), 0) FROM platform.migration")
        behind = await connection.fetchval(
            "SELECT count(*) FROM platform.tenant WHERE version < $1", migrating.latest()
        )
    finally:
        await connection.close()
    if platform < len(migrating.history("platform")) or behind:
        raise RuntimeError(f"run leumund migrate: {behind} companies are behind")
    return "all up to date"


async def _mail(_: Server, settings: Settings) -> str:
    parts = urlsplit(settings.smtp_url.get_secret_value())
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    _reader, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), 5)
    writer.close()
    await writer.wait_closed()
    return f"{parts.hostname}:{port} answers"
