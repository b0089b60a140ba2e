"""``leumund doctor``: what a deployment needs, looked at one by one."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

import aiosmtplib
import asyncpg
import typer

from leumund.cli import opening
from leumund.kit import language
from leumund.kit.settings import Settings
from leumund.messages import mailing
from leumund.tenancy import migrating
from leumund.tenancy.database import fencing, probing
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.keys.wrapping import Masters

_OLDEST_POSTGRES = 150_000
# Besides companies' connections a process holds some to the directory, for operators and for claiming jobs.
_CONNECTIONS_BESIDE = 12
_HIDDEN = "(set)"


class Health(Enum):
    """How a check ended; only FAIL makes the command end with 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


class Finding(NamedTuple):
    """One line of the answer: what is so, and how to mend it where it is not well."""

    health: Health
    words: str


class _Ill(Exception):
    """A check's own plain words for what is wrong."""


def doctor() -> None:
    """Look at settings, database, roles, migrations, jobs and mail, and say what is wrong and how to mend it."""
    with opening.settled() as settings:
        if not asyncio.run(_examine(settings)):
            raise typer.Exit(1)


async def _examine(settings: Settings) -> bool:
    assert settings.database_url is not None, "settled() sees to it"
    server = servers.parse(settings.database_url.get_secret_value())
    good = True
    for name, check in _CHECKS.items():
        for finding in await _found(check, server, settings):
            good = good and finding.health is not Health.FAIL
            typer.echo(f"{finding.health.value:<5} {name}: {finding.words}")
    return good


async def _found(check: "_Check", server: Server, settings: Settings) -> list[Finding]:
    try:
        return await check(server, settings)
    except _Ill as fault:
        return [Finding(Health.FAIL, str(fault))]
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        return [Finding(Health.FAIL, f"{fault}: run leumund migrate, with the LEUMUND_SECRET_KEY used here")]
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, aiosmtplib.SMTPException) as fault:
        return [Finding(Health.FAIL, f"{type(fault).__name__}: {fault}")]


async def _settings(_: Server, settings: Settings) -> list[Finding]:
    lines = [
        Finding(Health.OK, f"LEUMUND_{name.upper()} = {_HIDDEN if 'Secret' in str(field.annotation) else value}")
        for name, field in type(settings).model_fields.items()
        if (value := getattr(settings, name)) is not None
    ]
    local = settings.base_domain == "localhost" or settings.base_domain.endswith(".localhost")
    if settings.public_scheme == "http" and not local:
        # Browsers keep a __Host- cookie by TLS alone, so nobody could sign in.
        lines.append(Finding(Health.WARN, "LEUMUND_PUBLIC_SCHEME is http: nobody can sign in without https"))
    return lines


async def _database(server: Server, settings: Settings) -> list[Finding]:
    # Before the first migration there is none but the owner.
    owned = server.owner_password is not None
    async with (
        servers.as_owner(server) if owned else servers.logged_in(server, settings, server.web_role) as connection
    ):
        if int(await connection.fetchval("SHOW server_version_num")) < _OLDEST_POSTGRES:
            raise _Ill("PostgreSQL 15 or later is needed")
        version, most = [await connection.fetchval(f"SHOW {name}") for name in ("server_version", "max_connections")]
        lines = [Finding(Health.OK, f"PostgreSQL {version}, database {server.database}")]
        wanted = (settings.web_processes + 1) * (settings.connections + _CONNECTIONS_BESIDE)
        if wanted > int(most):
            lines.append(
                Finding(Health.WARN, f"up to {wanted} connections may be wanted, and max_connections is {most}")
            )
        return lines


async def _owner(server: Server, _: Settings) -> list[Finding]:
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
        raise _Ill(f"{server.owner} needs CREATEROLE and CREATE on {server.database}")
    return [Finding(Health.OK, f"{server.owner} may make schemas and roles")]


async def _roles(server: Server, settings: Settings) -> list[Finding]:
    lines = []
    for role in server.serving_roles:
        async with servers.logged_in(server, settings, role) as connection:
            reached = await connection.fetchval(_REACHED)
        if reached:
            raise _Ill(f"{role} reaches {reached} schemas of companies; revoke that, for it should reach none")
        lines.append(Finding(Health.OK, f"{role} logs in and reaches no company's schema"))
    return lines


async def _fences(server: Server, settings: Settings) -> list[Finding]:
    async with servers.logged_in(server, settings, server.web_role) as connection:
        doors, places = await fencing.open_databases(connection), await fencing.open_places(connection)
    gaps = [(_said("doors", object=name), fencing.shut(name)) for name in doors]
    if places:
        gaps.append((_said("fences", object=places[0], detail=len(places)), fencing.SHUT))
    if gaps:
        return [Finding(Health.WARN, f"{said} {mend}") for said, mend in gaps]
    return [Finding(Health.OK, "companies' roles are left nothing outside their schemas")]


def _said(check: str, **values: object) -> str:
    return language.text(f"isolation.finding.{check}", "en", **values)


async def _way(server: Server, settings: Settings) -> list[Finding]:
    try:
        probed = await probing.probe(server, settings)
    except probing.Crossing as fault:
        raise _Ill(str(fault)) from None
    through = "through the pooler" if settings.pooler_url else "straight to the server"
    lines = [Finding(Health.OK, f"{through}, sessions stay apart: tried as {len(probed.companies)} companies")]
    return lines + [Finding(Health.WARN, f"{odd}: run leumund migrate") for odd in probed.odd]


async def _migrations(server: Server, settings: Settings) -> list[Finding]:
    platform, behind, failed = await _as_operator(server, settings, _STANDING, migrating.latest())
    if platform < len(migrating.history("platform")) or behind:
        raise _Ill(f"run leumund migrate: {behind} companies are behind, {failed} have failed")
    return [Finding(Health.OK, f"the platform stands at {platform}, every company at {migrating.latest()}")]


async def _jobs(server: Server, settings: Settings) -> list[Finding]:
    waiting, late, dead = await _as_operator(server, settings, _QUEUE)
    lines = [Finding(Health.OK, f"{waiting} waiting")]
    if late:
        lines.append(Finding(Health.WARN, f"{late} overdue by ten minutes and more: is leumund work running?"))
    if dead:
        lines.append(Finding(Health.WARN, f"{dead} dead letters: see leumund jobs list"))
    return lines


async def _keys(server: Server, settings: Settings) -> list[Finding]:
    held = Masters(settings)
    async with servers.logged_in(server, settings, server.web_role) as connection:
        rows = await connection.fetch("SELECT DISTINCT master FROM company_key ORDER BY master")
    if missing := [row["master"] for row in rows if row["master"] not in held.names]:
        raise _Ill(f"companies' keys are wrapped by master key {', '.join(missing)}, which is not among those set here")
    if any(row["master"] != held.first for row in rows):
        return [Finding(Health.WARN, "some keys are wrapped by an older master key: run leumund keys rewrap")]
    return [Finding(Health.OK, f"every company's keys open with the master key {held.first}")]


async def _operators(server: Server, settings: Settings) -> list[Finding]:
    (count,) = await _as_operator(server, settings, "SELECT count(*) FROM operator")
    if not count:
        return [Finding(Health.WARN, "none yet: run leumund operator create")]
    return [Finding(Health.OK, f"{count} may sign in")]


async def _mail(_: Server, settings: Settings) -> list[Finding]:
    return [Finding(Health.OK, await mailing.greet(settings.smtp_url.get_secret_value()))]


async def _as_operator(server: Server, settings: Settings, sql: str, *arguments: object) -> asyncpg.Record:
    async with servers.logged_in(server, settings, server.operator_role) as connection:
        row = await connection.fetchrow(sql, *arguments)
    assert row is not None, "a count has a row"
    return row


_Check = Callable[[Server, Settings], Awaitable[list[Finding]]]
_CHECKS: dict[str, _Check] = {
    "settings": _settings,
    "database": _database,
    "owner": _owner,
    "roles": _roles,
    "fences": _fences,
    "way": _way,
    "migrations": _migrations,
    "keys": _keys,
    "jobs": _jobs,
    "operators": _operators,
    "mail": _mail,
}
_REACHED = """
SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{16}$' AND has_schema_privilege(oid, 'USAGE')
"""
_STANDING = """
SELECT (SELECT coalesce(max(version), 0) FROM migration), (SELECT count(*) FROM tenant WHERE version < $1),
    (SELECT count(*) FROM migration_failure)
"""
_QUEUE = """
SELECT count(*) FILTER (WHERE state = 'waiting'),
    count(*) FILTER (WHERE state = 'waiting' AND due_at < now() - interval '10 minutes'),
    count(*) FILTER (WHERE state = 'dead')
FROM outbox.job
"""
