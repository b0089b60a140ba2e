"""A company is opened: schema, role and all tables in one transaction, or not at all."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from secrets import choice
from string import ascii_lowercase, digits
from typing import NamedTuple
from uuid import UUID, uuid4

import asyncpg

from leumund.kit import clock, ground
from leumund.kit.faults import Refused
from leumund.kit.ground import Connection
from leumund.kit.settings import Settings
from leumund.tenancy import announcing, migrating, roles
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.directory import State
from leumund.tenancy.domains import settling as settling_domains
from leumund.tenancy.keys import deriving, keeping
from leumund.tenancy.keys.wrapping import Masters
from leumund.tenancy.migrating import Migration

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
# Names that mean the platform itself, or that browsers and mail servers treat as special.
_RESERVED = frozenset({"www", "operator", "platform", "api", "mail", "admin", "console", "localhost", "public", "new"})
_MOST_CONNECTIONS = 50
_ONE_TWIN = "tenant_twin_of_key"
# How a test company is called where nobody says otherwise; no other company may be called so.
TWINS_END = "-test"
# A company enters the directory at the version it will have, for all of it is kept or nothing.
ENTER = """
INSERT INTO platform.tenant (id, slug, name, schema_name, version, state, twin_of) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class BadSlug(Refused):
    """Not a name a company can be served under."""


class SlugTaken(Refused):
    """Another company has this name."""


class HostTaken(Refused):
    """Another company, or the platform, is served at this host."""


class NoTwin(Refused):
    """It has a test company already, or is one, or is no company here."""


class Settled(NamedTuple):
    """What changes with the transaction of ``connection``."""

    connection: asyncpg.Connection
    changes: list[str]


def check_slug(slug: str) -> None:
    """Raises BadSlug."""
    if not _SLUG.fullmatch(slug) or slug in _RESERVED or "--" in slug:
        raise BadSlug("errors.tenancy.bad_slug", field="slug", slug=slug)


async def open_company(
    owner: Connection, settings: Settings, *, slug: str, name: str, twin_of: UUID | None = None
) -> str:
    """Make ``slug`` a company of its own and return its schema's name; it is served once it has a host and is open.

    ``owner`` is the migration role's connection; whoever opens many spreads them over a few. With ``twin_of`` it is the
    test company of that one, and knows no live money. Raises BadSlug, SlugTaken and NoTwin; a race of two leaves
    exactly one.
    """
    check_slug(slug)
    if twin_of is None and slug.endswith(TWINS_END):
        raise BadSlug("errors.tenancy.slug_of_twin", field="slug", slug=slug)
    tenant, schema_name = uuid4(), new_schema_name()
    try:
        async with owner.transaction():
            row = (tenant, slug, name, schema_name, migrating.latest(), State.OPENING, twin_of)
            await owner.execute(ENTER, *row)
            await keeping.keep(owner, tenant, Masters(settings).made(company=tenant, at=clock.now()))
            await owner.execute(script(schema_name, settings, company=tenant, history=migrating.history("tenant")))
            if twin_of is not None:
                # Before anybody can log in: from here on the database itself takes no live key there.
                await owner.execute(f"DELETE FROM {schema_name}.money_mode WHERE livemode")  # noqa: S608
    except asyncpg.ForeignKeyViolationError:
        raise NoTwin("errors.tenancy.no_twin", field="slug") from None
    except asyncpg.UniqueViolationError as fault:
        if fault.constraint_name == _ONE_TWIN:
            raise NoTwin("errors.tenancy.no_twin", field="slug") from None
        raise SlugTaken("errors.tenancy.slug_taken", field="slug", slug=slug) from None
    return schema_name


def new_schema_name() -> str:
    """A name that says nothing and that nobody has."""
    return "t_" + "".join(choice(ascii_lowercase + digits) for _ in range(16))


def script(schema_name: str, settings: Settings, *, company: UUID, history: tuple[Migration, ...]) -> str:
    """Role, schema and all tables in one string and so in one round trip: ``history`` itself, from its beginning."""
    password = deriving.password_of(settings, schema_name)
    made = roles.made(schema_name, password=password, connections=_MOST_CONNECTIONS)
    return made + migrating.script_for(schema_name, history, company=company)


async def hosts_of_others(server: Server, *, slug: str, hosts: Sequence[str]) -> set[str]:
    """Those of ``hosts`` at which another company than ``slug`` is served."""
    async with as_owner(server) as connection:
        rows = await connection.fetch(
            "SELECT h.name FROM platform.host h JOIN platform.tenant t ON t.id = h.tenant "
            "WHERE h.name = ANY($1) AND t.slug <> $2",
            list(hosts),
            slug,
        )
    return {row["name"] for row in rows}


@asynccontextmanager
async def settling(
    server: Server, settings: Settings, *, tenant: UUID, name: str, hosts: Sequence[str], at: datetime
) -> AsyncIterator[Settled]:
    """Give a company its name and hosts and open it when the block ends; yields what changes.

    Nothing of it is kept when the block raises. The first host, ``<slug>.<base domain>``, is ours to give and needs no
    proof; the others are claimed for the company and served once they are proven. Whoever settles the same company
    meanwhile waits for the end. Raises HostTaken before the block is entered.
    """
    assert hosts, "a company is served somewhere"
    if settings.base_domain in hosts:
        raise HostTaken("errors.tenancy.host_taken", field="hosts", host=settings.base_domain)
    async with as_owner(server) as connection, connection.transaction():
        await connection.execute("SELECT FROM platform.tenant WHERE id = $1 FOR NO KEY UPDATE", tenant)
        try:
            changes = await _name(connection, tenant, name) + await give_hosts(connection, tenant, hosts, at)
        except asyncpg.UniqueViolationError:
            raise HostTaken("errors.tenancy.host_taken", field="hosts", host=", ".join(hosts)) from None
        yield Settled(connection, changes)


async def _name(connection: asyncpg.Connection, tenant: UUID, name: str) -> list[str]:
    renamed = await connection.execute(
        "UPDATE platform.tenant SET name = $2, state = CASE state WHEN $3 THEN $4 ELSE state END, "
        "changed_at = now() WHERE id = $1 AND (name <> $2 OR state = $3)",
        tenant,
        name,
        State.OPENING,
        State.OPEN,
    )
    return ["name"] if ground.touched(renamed) else []


async def give_hosts(connection: asyncpg.Connection, tenant: UUID, hosts: Sequence[str], at: datetime) -> list[str]:
    """Serve a company at the first of ``hosts`` and claim the others for it; says whether that changed anything."""
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
    await announcing.announce(connection)
    return ["hosts"] if changed else []
