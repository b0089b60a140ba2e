"""Which companies there are, and which one a host belongs to: exact names only, nothing guessed."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Collection
from enum import StrEnum
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from leumund.tenancy.keys.wrapping import Wrapped

# A twin is served while the company it belongs to is: how ``t`` stands, where ``live`` is that company, if there is
# one.
TWINS_COMPANY = "LEFT JOIN tenant live ON live.id = t.twin_of"
STATE = """
(CASE WHEN t.state IN ('open', 'moving') AND live.state NOT IN ('open', 'moving') THEN 'closed' ELSE t.state END)
"""
_SELECT = """
SELECT t.id, t.slug, t.name, t.schema_name, {state} AS state, t.version, t.twin_of, h.name AS host, {keys} AS keys
FROM tenant t {twins_company} LEFT JOIN LATERAL (
    SELECT n.name FROM host n LEFT JOIN hosting.claim c ON c.id = n.claim
    WHERE n.tenant = t.id ORDER BY c.place NULLS LAST, n.name LIMIT 1
) h ON true
"""
_HOSTS = """
SELECT h.name FROM host h LEFT JOIN hosting.claim c ON c.id = h.claim
WHERE h.tenant = $1 ORDER BY c.place NULLS LAST, h.name
"""
_KEYS = """
(SELECT coalesce(json_agg(json_build_object('purpose', k.purpose, 'version', k.version,
     'wrapped', replace(encode(k.wrapped, 'base64'), E'\\n', ''), 'master', k.master, 'writes_at', k.writes_at)
     ORDER BY k.purpose, k.version), '[]')
 FROM company_key k WHERE k.tenant = t.id)
"""
_STANDING = f"""
SELECT t.id, t.schema_name, t.version FROM tenant t {TWINS_COMPANY}
WHERE (t.schema_name = ANY($1) OR t.id = ANY($2::uuid[])) AND {STATE} = ANY($3)
"""  # noqa: S608 - words of ours
# Where the word of a change does not come, a closed company or a removed host is served this much longer at most.
FRESH_SECONDS = 2.0
# From this part of that time on it is asked anew beside.
RENEWED = 0.75
_REMEMBERED_HOSTS = 10_000
# What is longer is no host (RFC 1035), and remembered it would cost whatever a header may hold.
_LONGEST_HOST = 253
_read_keys = msgspec.json.Decoder(tuple[Wrapped, ...])
_PORT = re.compile("[0-9]{1,5}")
_LAST_PORT = 65_535


class UnknownTenant(Exception):
    """No company by that name; to strangers it looks like any other nothing."""


class State(StrEnum):
    """How a company stands. The database knows the same words and no others."""

    OPENING = "opening"
    OPEN = "open"
    MOVING = "moving"
    LEAVING = "leaving"
    CLOSED = "closed"


# At whose hosts pages are answered, and whose connections and keys a process may hold.
SERVED = (State.OPEN, State.MOVING)
STANDING = (State.OPENING, *SERVED)


class Tenant(msgspec.Struct, frozen=True):
    """One company as the directory knows it: where it lives, never who its customers are; its keys are wrapped.

    ``twin_of`` is the company whose test company this one is, by which ``state`` goes too.
    """

    id: UUID
    slug: str
    name: str
    schema_name: str
    state: State
    version: int
    twin_of: UUID | None
    host: str
    keys: tuple[Wrapped, ...]

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def is_moving(self) -> bool:
        """Whether it is read and not written until it is served elsewhere."""
        return self.state is State.MOVING

    @property
    def is_twin(self) -> bool:
        """Whether things are tried out here, and nothing leaves."""
        return self.twin_of is not None


class Directory:
    """Looks companies up over ``pool``, whose role reads the directory alone, and the wrapped keys where it may."""

    def __init__(self, pool: asyncpg.Pool, *, with_keys: bool) -> None:
        self._pool = pool
        self._select = _SELECT.format(state=STATE, twins_company=TWINS_COMPANY, keys=_KEYS if with_keys else "'[]'")
        self._by_host: OrderedDict[str, tuple[float, Tenant | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Tenant | None]] = {}
        self._times_forgotten = 0

    @property
    def times_forgotten(self) -> int:
        """How often the word of a change came: what was remembered beside an older number may be so no longer."""
        return self._times_forgotten

    @property
    def pool(self) -> asyncpg.Pool:
        """For what else of the platform's tables this role may read, such as what a company is asked."""
        return self._pool

    async def by_host(self, header: str) -> Tenant | None:
        """The company served at a Host header, remembered for FRESH_SECONDS; None where none is or it is not open."""
        host = plain_host(header)
        if len(host) > _LONGEST_HOST:
            return None
        known = self._by_host.get(host)
        age = FRESH_SECONDS if known is None else monotonic() - known[0]
        if known is not None and age < FRESH_SECONDS * RENEWED:
            return known[1]
        asking = self._asking.get(host)
        if asking is None:
            asking = self._asking[host] = asyncio.create_task(self._look(host))
            asking.add_done_callback(lambda done: self._asked(host, done))
        # Whoever is asked for all the time is asked anew in time, and nobody waits for it.
        if known is not None and age < FRESH_SECONDS:
            return known[1]
        # Others wait for it too: whoever goes away takes nobody's answer along.
        return await asyncio.shield(asking)

    async def _look(self, host: str) -> Tenant | None:
        asked_at = self._times_forgotten
        rows = await self._pool.fetch(
            self._select + "JOIN host asked ON asked.tenant = t.id "
            f"WHERE asked.name = $1 AND asked.verified_at IS NOT NULL AND {STATE} = ANY($2)",
            host,
            SERVED,
        )
        tenant = _tenant(rows[0]) if rows else None
        if asked_at == self._times_forgotten:
            self._remember(host, tenant)
        return tenant

    def _asked(self, host: str, done: asyncio.Task[Tenant | None]) -> None:
        if self._asking.get(host) is done:
            del self._asking[host]
        if not done.cancelled():
            # Where it was asked in time, nobody else may have waited to hear that it was in vain.
            done.exception()

    def _remember(self, host: str, tenant: Tenant | None) -> None:
        self._by_host[host] = (monotonic(), tenant)
        self._by_host.move_to_end(host)
        if len(self._by_host) > _REMEMBERED_HOSTS:
            self._by_host.popitem(last=False)

    def forget(self) -> None:
        """Ask the database anew from now on; what is being asked just now may be old already and is not kept."""
        self._by_host.clear()
        self._asking.clear()
        self._times_forgotten += 1

    async def standing(self, *, schemas: Collection[str], tenants: Collection[UUID]) -> list[asyncpg.Record]:
        """Those of these companies, named either way, that are not closed: id, schema_name and version."""
        return list(await self._pool.fetch(_STANDING, list(schemas), list(tenants), STANDING))

    async def by_slug(self, slug: str) -> Tenant:
        """Raises UnknownTenant."""
        return await self._one("WHERE t.slug = $1", slug)

    async def by_id(self, company: UUID) -> Tenant:
        """Raises UnknownTenant."""
        return await self._one("WHERE t.id = $1", company)

    async def twin_of(self, company: UUID) -> Tenant:
        """The test company of this one. Raises UnknownTenant."""
        return await self._one("WHERE t.twin_of = $1", company)

    async def by_schema(self, schema_name: str) -> Tenant:
        """The company whose role this is; roles and schemas share their name. Raises UnknownTenant."""
        return await self._one("WHERE t.schema_name = $1", schema_name)

    async def all(self) -> list[Tenant]:
        """Every company there is, by slug."""
        return [_tenant(row) for row in await self._pool.fetch(self._select + "ORDER BY t.slug")]

    async def hosts(self, tenant: UUID) -> list[str]:
        """All names a company is served at, the canonical one first."""
        rows = await self._pool.fetch(_HOSTS, tenant)
        return [row["name"] for row in rows]

    async def _one(self, where: str, value: object) -> Tenant:
        rows = await self._pool.fetch(self._select + where, value)
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
        state=State(row["state"]),
        version=row["version"],
        twin_of=row["twin_of"],
        host=row["host"] or "",
        keys=_read_keys.decode(row["keys"]),
    )
