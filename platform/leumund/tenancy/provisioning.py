"""A company is opened: schema, role and all tables in one transaction, or not at all."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from secrets import choice
from string import ascii_lowercase, digits
from uuid import UUID

import asyncpg

from leumund.kit.faults import Refused
from leumund.kit.settings import Settings
from leumund.tenancy import keys, migrating, roles
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
            password = keys.password_of(settings, schema_name)
            await connection.execute(roles.made(schema_name, password=password, connections=_MOST_CONNECTIONS))
            version = await migrating.run_tenant_history(connection, schema_name, after=0)
            await connection.execute(
                "UPDATE platform.tenant SET version = $2 WHERE schema_name = $1", schema_name, version
            )
    except asyncpg.UniqueViolationError:
        raise SlugTaken("errors.tenancy.slug_taken", field="slug", slug=slug) from None
    finally:
        await connection.close()
    return schema_name


async def hosts_of_others(server: Server, *, slug: str, hosts: Sequence[str]) -> set[str]:
    """Those of ``hosts`` at which another company than ``slug`` is served."""
    connection = await connect_owner(server)
    try:
        rows = await connection.fetch(
            "SELECT h.name FROM platform.host h JOIN platform.tenant t ON t.id = h.tenant "
            "WHERE h.name = ANY($1) AND t.slug <> $2",
            list(hosts),
            slug,
        )
    finally:
        await connection.close()
    return {row["name"] for row in rows}


@asynccontextmanager
async def settling(
    server: Server, settings: Settings, *, tenant: UUID, name: str, hosts: Sequence[str], at: datetime
) -> AsyncIterator[list[str]]:
    """Give a company its name and hosts, the first one canonical, and open it when the block ends; yields what changes.

    Nothing of it is kept when the block raises. ``<slug>.<base domain>`` is ours to give and needs no proof; the
    operator who applies a folder vouches for the rest. Whoever settles the same company meanwhile waits for the end.
    Raises HostTaken before the block is entered.
    """
    assert hosts, "a company is served somewhere"
    if settings.base_domain in hosts:
        raise HostTaken("errors.tenancy.host_taken", field="hosts", host=settings.base_domain)
    connection = await connect_owner(server)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM platform.tenant WHERE id = $1 FOR NO KEY UPDATE", tenant)
            try:
                changed = await _name(connection, tenant, name) + await _hosts(connection, tenant, list(hosts), at)
            except asyncpg.UniqueViolationError:
                raise HostTaken("errors.tenancy.host_taken", field="hosts", host=", ".join(hosts)) from None
            yield changed
    finally:
        await connection.close()


async def _name(connection: asyncpg.Connection, tenant: UUID, name: str) -> list[str]:
    changed = await connection.execute(
        "UPDATE platform.tenant SET name = $2, state = CASE state WHEN 'opening' THEN 'open' ELSE state END, "
        "changed_at = now() WHERE id = $1 AND (name <> $2 OR state = 'opening')",
        tenant,
        name,
    )
    return ["name"] if changed == "UPDATE 1" else []


async def _hosts(connection: asyncpg.Connection, tenant: UUID, hosts: list[str], at: datetime) -> list[str]:
    rows = await connection.fetch("SELECT name, canonical FROM platform.host WHERE tenant = $1", tenant)
    # Without an order, for the server's need not be ours.
    if {row["name"]: row["canonical"] for row in rows} == {host: host == hosts[0] for host in hosts}:
        return []
    await connection.execute("DELETE FROM platform.host WHERE tenant = $1", tenant)
    await connection.executemany(
        "INSERT INTO platform.host (name, tenant, canonical, verified_at) VALUES ($1, $2, $3, $4)",
        [(host, tenant, host == hosts[0], at) for host in hosts],
    )
    return ["hosts"]
