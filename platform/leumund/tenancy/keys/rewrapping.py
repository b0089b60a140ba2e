"""A new master key takes over: every company's keys are wrapped anew by the first one, a few hundred at a time.

What is wrapped changes, the keys do not, so nobody waits and no row is touched. Once none is left under the old master
key it can be thrown away, and with it go the keys of companies that have left, in whatever backup they still lie.
"""

import asyncpg

from leumund.tenancy import announcing
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.keys.wrapping import Masters, Wrapped

_AT_ONCE = 500
_NEXT = """
SELECT tenant, purpose, version, wrapped, master, writes_at FROM platform.company_key WHERE master <> $1
ORDER BY tenant, purpose, version LIMIT $2 FOR UPDATE
"""
_KEEP = """
UPDATE platform.company_key SET wrapped = $4, master = $5 WHERE (tenant, purpose, version) = ($1, $2, $3)
"""


async def rewrap(server: Server, masters: Masters) -> int:
    """Wrap all keys by the first master key; how many were not. Raises wrapping.MasterMissing.

    Whoever stops half way begins again: a key is under one master key or the other, and both unwrap.
    """
    async with as_owner(server) as connection:
        rewrapped = 0
        while some := await _some(connection, masters):
            rewrapped += some
        return rewrapped


async def _some(connection: asyncpg.Connection, masters: Masters) -> int:
    async with connection.transaction():
        rows = await connection.fetch(_NEXT, masters.first, _AT_ONCE)
        await connection.executemany(_KEEP, [_rewrapped(row, masters) for row in rows])
        await announcing.announce(connection)
    return len(rows)


def _rewrapped(row: asyncpg.Record, masters: Masters) -> tuple[object, ...]:
    old = Wrapped(row["purpose"], row["version"], row["wrapped"], row["master"], row["writes_at"])
    plain = masters.unwrap(old, company=row["tenant"])
    new = masters.wrap(plain, company=row["tenant"], purpose=old.purpose, version=old.version, writes_at=old.writes_at)
    return row["tenant"], new.purpose, new.version, new.wrapped, new.master
