"""A company is opened: schema, role and all tables in one transaction, or not at all."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from secrets import choice
from string import ascii_lowercase, digits
from uuid import UUID, uuid4

import asyncpg

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.kit.settings import Settings
from leumund.tenancy import keys, migrating, roles
from leumund.tenancy.domains import settling as settling_domains
from leumund.tenancy.server import Server, connect_owner
from leumund.tenancy.wrapping import Masters, Wrapped

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
    tenant = uuid4()
    schema_name = "t_" + "".join(choice(ascii_lowercase + digits) for _ in range(16))
    connection = await connect_owner(server)
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO platform.tenant (id, slug, name, schema_name, state) VALUES ($1, $2, $3, $4, 'opening')",
                tenant,
                slug,
                name,
                schema_name,
            )
            await _keep(connection, tenant, Masters(settings).made(company=tenant, at=clock.now()))
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


async def _keep(connection: asyncpg.Connection, tenant: UUID, made: Sequence[Wrapped]) -> None:
    await connection.executemany(
        "INSERT INTO platform.company_key (tenant, purpose, version, wrapped, master, writes_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        [(tenant, key.purpose, key.version, key.wrapped, key.master, key.writes_at) for key in made],
    )


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
    """Give a company its name and hosts and open it when the block ends; yields what changes.

    Nothing of it is kept when the block raises. The first host, ``<slug>.<base domain>``, is ours to give and needs no
    proof; the others are claimed for the company and served once they are proven. Whoever settles the same company meanwhile waits for the end.
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


async def _hosts(connection: asyncpg.Connection, tenant: UUID, hosts: Sequence[str], at: datetime) -> list[str]:
    given, *own = hosts
    role = await connection.fetchval("SELECT schema_name FROM platform.tenant WHERE id = $1", tenant)
    changed = await settling_domains.settle(connection, company_role=role, names=own)
    standing = await connection.fetch("SELECT name FROM platform.host WHERE tenant = $1 AND claim IS NULL", tenant)
    if [row["name"] for row in standing] != [given]:
        await connection.execute("DELETE FROM platform.host WHERE tenant = $1 AND claim IS NULL", tenant)
        await connection.execute(
            "INSERT INTO platform.host (name, tenant, verified_at) VALUES ($1, $2, $3)", given, tenant, at
        )
        changed = True
    await connection.execute("SELECT pg_notify('leumund_directory', '')")
    return ["hosts"] if changed else []
