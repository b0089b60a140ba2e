"""Which companies there are, and which one a host belongs to: exact names only, nothing guessed."""

import re
from collections import OrderedDict
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

_SELECT = """
SELECT t.id, t.slug, t.name, t.schema_name, t.state, t.version, h.name AS host
FROM tenant t LEFT JOIN host h ON h.tenant = t.id AND h.canonical
"""
# A closed company or a removed host is served this much longer at most.
FRESH_SECONDS = 2.0
_REMEMBERED_HOSTS = 10_000
_PORT = re.compile("[0-9]{1,5}")
_LAST_PORT = 65_535


class UnknownTenant(Exception):
    """No company by that name; to strangers it looks like any other nothing."""


class Tenant(msgspec.Struct, frozen=True):
    """One company as the directory knows it: where it lives, never who its customers are."""

    id: UUID
    slug: str
    name: str
    schema_name: str
    state: str
    version: int
    host: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"


class Directory:
    """Looks companies up over ``pool``, which may read the directory and nothing else."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._by_host: OrderedDict[str, tuple[float, Tenant | None]] = OrderedDict()

    async def by_host(self, header: str) -> Tenant | None:
        """The open company served at a Host header, remembered for FRESH_SECONDS; None for every other."""
        host = plain_host(header)
        known = self._by_host.get(host)
        if known is not None and monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        rows = await self._pool.fetch(
            _SELECT + "JOIN host asked ON asked.tenant = t.id "
            "WHERE asked.name = $1 AND asked.verified_at IS NOT NULL AND t.state = 'open'",
            host,
        )
        tenant = _tenant(rows[0]) if rows else None
        self._by_host[host] = (monotonic(), tenant)
        self._by_host.move_to_end(host)
        if len(self._by_host) > _REMEMBERED_HOSTS:
            self._by_host.popitem(last=False)
        return tenant

    def forget(self) -> None:
        """Ask the database anew from now on."""
        self._by_host.clear()

    async def by_slug(self, slug: str) -> Tenant:
        """Raises UnknownTenant."""
        return await self._one("WHERE t.slug = $1", slug)

    async def by_schema(self, schema_name: str) -> Tenant:
        """The company whose role this is; roles and schemas share their name. Raises UnknownTenant."""
        return await self._one("WHERE t.schema_name = $1", schema_name)

    async def all(self) -> list[Tenant]:
        """Every company there is, by slug."""
        return [_tenant(row) for row in await self._pool.fetch(_SELECT + "ORDER BY t.slug")]

    async def hosts(self, tenant: UUID) -> list[str]:
        """All names a company is served at, the canonical one first."""
        rows = await self._pool.fetch("SELECT name FROM host WHERE tenant = $1 ORDER BY canonical DESC, name", tenant)
        return [row["name"] for row in rows]

    async def _one(self, where: str, value: object) -> Tenant:
        rows = await self._pool.fetch(_SELECT + where, value)
        if not rows:
            raise UnknownTenant(str(value))
        return _tenant(rows[0])


def plain_host(header: str) -> str:
    """A Host header as we store hosts: lower case, without port and trailing dot; what is no port is kept."""
    host = header.strip().lower()
    name, colon, port = host.rpartition(":")
    if colon and _PORT.fullmatch(port) and int(port) <= _LAST_PORT:
        host = name
    return host.removesuffix(".")


def _tenant(row: Any) -> Tenant:
    return Tenant(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        schema_name=row["schema_name"],
        state=row["state"],
        version=row["version"],
        host=row["host"] or "",
    )
