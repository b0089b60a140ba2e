"""A new master key takes over: every company's keys are wrapped anew by the first one, a few hundred at a time.

What is wrapped changes, the keys do not, so nobody waits and no row is touched. Once none is left under the old master
key it can be thrown away, and with it go the keys of companies that have left, in whatever backup they still lie.
"""

from typing import NamedTuple
from uuid import UUID

import asyncpg

from leumund.tenancy import announcing
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.keys.wrapping import MasterMissing, Masters, Wrapped

_AT_ONCE = 500
_NEXT = """
SELECT key.tenant, key.purpose, key.version, key.wrapped, key.master, key.writes_at, tenant.slug
FROM platform.company_key key JOIN platform.tenant ON tenant.id = key.tenant
WHERE key.master <> $1 AND (key.tenant, key.purpose, key.version) > ($2, $3, $4)
ORDER BY key.tenant, key.purpose, key.version LIMIT $5 FOR UPDATE OF key
"""
_KEEP = """
UPDATE platform.company_key SET wrapped = $4, master = $5 WHERE (tenant, purpose, version) = ($1, $2, $3)
"""
_BEFORE_ALL = (UUID(int=0), "", 0)


class Unopened(NamedTuple):
    """A key that no master key here opens; ``master`` is the name of the one that wraps it."""

    slug: str
    purpose: str
    version: int
    master: str


class Rewrapped(NamedTuple):
    """How many keys were wrapped anew, and which could not be."""

    keys: int
    unopened: list[Unopened]


async def rewrap(server: Server, masters: Masters) -> Rewrapped:
    """Wrap all keys by the first master key that are not; one that does not open is in no other's way.

    Whoever stops half way begins again: a key is under one master key or the other, and both unwrap.
    """
    async with as_owner(server) as connection:
        keys, unopened, after = 0, list[Unopened](), _BEFORE_ALL
        while rows := await _some(connection, masters, after, unopened):
            keys += len(rows)
            after = (rows[-1]["tenant"], rows[-1]["purpose"], rows[-1]["version"])
        return Rewrapped(keys - len(unopened), unopened)


async def _some(
    connection: asyncpg.Connection, masters: Masters, after: tuple[UUID, str, int], unopened: list[Unopened]
) -> list[asyncpg.Record]:
    """The next keys, wrapped anew but for those that are added to ``unopened``."""
    async with connection.transaction():
        rows: list[asyncpg.Record] = await connection.fetch(_NEXT, masters.first, *after, _AT_ONCE)
        wrapped = []
        for row in rows:
            try:
                wrapped.append(_rewrapped(row, masters))
            except MasterMissing:
                unopened.append(Unopened(row["slug"], row["purpose"], row["version"], row["master"]))
        await connection.executemany(_KEEP, wrapped)
        await announcing.announce(connection)
    return rows


def _rewrapped(row: asyncpg.Record, masters: Masters) -> tuple[object, ...]:
    old = Wrapped(row["purpose"], row["version"], row["wrapped"], row["master"], row["writes_at"])
    plain = masters.unwrap(old, company=row["tenant"])
    new = masters.wrap(plain, company=row["tenant"], purpose=old.purpose, version=old.version, writes_at=old.writes_at)
    return row["tenant"], new.purpose, new.version, new.wrapped, new.master
