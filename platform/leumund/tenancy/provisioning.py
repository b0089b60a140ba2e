"""A company is opened: schema, role and all tables in one transaction, or not at all."""

import re
from collections.abc import Sequence
from datetime import datetime
from secrets import choice
from string import ascii_lowercase, digits
from uuid import UUID

import asyncpg

from leumund.kit.faults import Refused
from leumund.kit.settings import Settings
from leumund.tenancy import keys, migrating
from leumund.tenancy.server import Server, connect_owner

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
# Names that mean the platform itself, or that browsers and mail servers treat as special.
_RESERVED = frozenset({"www", "operator", "platform", "api", "mail", "admin", "console", "localhost", "public", "new"})
_MOST_CONNECTIONS = 50


class BadSlug(Refused):
    """Not a name a company can be served under."""


class SlugTaken(Refused):
    """Another company has this name."""


class HostTaken(Refused):
    """Another company, or the platform, is served at this host."""


def check_slug(slug: str) -> None:
    """Raises BadSlug."""
    if not _SLUG.fullmatch(slug) or slug in _RESERVED or "--" in slug:
        raise BadSlug("errors.tenancy.bad_slug", field="slug", slug=slug)


async def open_company(server: Server, settings: Settings, *, slug: str, name: str) -> str:
    """Make ``slug`` a company of its own and return its schema's name; it is served once it has a host and is open.

    Raises BadSlug and SlugTaken; a race of two leaves exactly one.
    """
    check_slug(slug)
    schema_name = "t_" + "".join(choice(ascii_lowercase + digits) for _ in range(16))
    connection = await connect_owner(server)
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO platform.tenant (slug, name, schema_name, state) VALUES ($1, $2, $3, 'opening')",
                slug,
                name,
                schema_name,
            )
            await connection.execute(_role_and_schema(schema_name, keys.password_of(settings, schema_name)))
            version = await migrating.run_tenant_history(connection, schema_name, after=0)
            await connection.execute(
                "UPDATE platform.tenant SET version = $2 WHERE schema_name = $1", schema_name, version
            )
    except asyncpg.UniqueViolationError:
        raise SlugTaken("errors.tenancy.slug_taken", field="slug", slug=slug) from None
    finally:
        await connection.close()
    return schema_name


async def check_hosts(server: Server, settings: Settings, *, tenant: UUID, hosts: Sequence[str]) -> None:
    """Refuse hosts that are the platform's or another company's, before anything is changed. Raises HostTaken."""
    connection = await connect_owner(server)
    try:
        taken = await connection.fetchval(
            "SELECT name FROM platform.host WHERE name = ANY($1) AND tenant <> $2 LIMIT 1", list(hosts), tenant
        )
    finally:
        await connection.close()
    taken = settings.base_domain if settings.base_domain in hosts else taken
    if taken:
        raise HostTaken("errors.tenancy.host_taken", field="hosts", host=taken)


async def settle(
    server: Server, settings: Settings, *, tenant: UUID, name: str, hosts: Sequence[str], at: datetime
) -> list[str]:
    """Give a company its name and hosts, the first one canonical, and open it; returns what changed.

    ``<slug>.<base domain>`` is ours to give and needs no proof; the operator who applies a folder vouches for the rest.
    Raises HostTaken.
    """
    assert hosts, "a company is served somewhere"
    if settings.base_domain in hosts:
        raise HostTaken("errors.tenancy.host_taken", field="hosts", host=settings.base_domain)
    connection = await connect_owner(server)
    try:
        async with connection.transaction():
            changed = await _name(connection, tenant, name)
            return changed + await _hosts(connection, tenant, list(hosts), at)
    except asyncpg.UniqueViolationError:
        raise HostTaken("errors.tenancy.host_taken", field="hosts", host=", ".join(hosts)) from None
    finally:
        await connection.close()


def _role_and_schema(schema_name: str, password: str) -> str:
    return f"""
        CREATE ROLE {schema_name} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '{password}'
            CONNECTION LIMIT {_MOST_CONNECTIONS};
        ALTER ROLE {schema_name} SET search_path = {schema_name};
        ALTER ROLE {schema_name} SET statement_timeout = '30s';
        ALTER ROLE {schema_name} SET idle_in_transaction_session_timeout = '60s';
        CREATE SCHEMA {schema_name};
        GRANT USAGE ON SCHEMA {schema_name} TO {schema_name};
    """


async def _name(connection: asyncpg.Connection, tenant: UUID, name: str) -> list[str]:
    changed = await connection.execute(
        "UPDATE platform.tenant SET name = $2, state = CASE state WHEN 'opening' THEN 'open' ELSE state END, "
        "changed_at = now() WHERE id = $1 AND (name <> $2 OR state = 'opening')",
        tenant,
        name,
    )
    return ["name"] if changed == "UPDATE 1" else []


async def _hosts(connection: asyncpg.Connection, tenant: UUID, hosts: list[str], at: datetime) -> list[str]:
    rows = await connection.fetch(
        "SELECT name FROM platform.host WHERE tenant = $1 ORDER BY canonical DESC, name", tenant
    )
    if [row["name"] for row in rows] == [hosts[0], *sorted(hosts[1:])]:
        return []
    await connection.execute("DELETE FROM platform.host WHERE tenant = $1", tenant)
    await connection.executemany(
        "INSERT INTO platform.host (name, tenant, canonical, verified_at) VALUES ($1, $2, $3, $4)",
        [(host, tenant, host == hosts[0], at) for host in hosts],
    )
    return ["hosts"]
