"""Companies' data keys take turns while everybody works: made, heard of, written with, and the old one thrown away.

Every process has to know a new key before a row is sealed with it, and nobody may still write with the old one when
that goes: so a new key waits before it writes, and the old one waits for its company's transactions that may have begun
before. Both waits are once for all companies that rotate together, and one that does not end its transactions keeps no
other's key from its turn.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import NamedTuple

import asyncpg

from leumund.kit import clock
from leumund.kit.vaults import KEY_BYTES
from leumund.tenancy import announcing
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import keeping, resealing
from leumund.tenancy.keys.wrapping import DATA, Masters, Vaults, Wrapped

_NEWER = """
INSERT INTO platform.company_key (tenant, purpose, version, wrapped, master, writes_at)
SELECT $1, 'data', $2, $3, $4, $5
WHERE $2 = 1 + (SELECT max(version) FROM platform.company_key WHERE tenant = $1 AND purpose = 'data')
ON CONFLICT DO NOTHING
"""
_OLDER_GO = "DELETE FROM platform.company_key WHERE tenant = $1 AND purpose = 'data' AND version < $2"
# Whose a session is (usename) everybody may see, and no session can change it.
_RUNNING = """
SELECT virtualtransaction AS number, usename::text AS role FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'virtualxid' AND usename = ANY($1::text[]) AND pid <> pg_backend_pid()
"""
_LOOK_EVERY_SECONDS = 0.5


class StillWriting(RuntimeError):
    """A transaction from before the new key goes on and on; the old key stays until this is run again."""


class Pace(NamedTuple):
    """How long a new key waits before it writes, how far clocks may be apart, and how long the last writers get."""

    heard: timedelta = timedelta(seconds=10)
    clocks: timedelta = timedelta(seconds=20)
    writers: timedelta = timedelta(minutes=10)


PACE = Pace()


class Rotated(NamedTuple):
    """What became of one company: the version that writes now, and how many rows were sealed anew."""

    slug: str
    version: int
    rows: int


async def rotate(
    server: Server, masters: Masters, tenants: Sequence[Tenant], *, pace: Pace = PACE
) -> AsyncIterator[Rotated]:
    """Give each company a new data key and seal its rows with it; yields each as it is done.

    Whoever stops half way begins again: a company with two keys gets no third, and is finished. Of several who do so at
    once each finishes the turn it saw begin and no later one. A company that has left is passed over. Raises
    StillWriting, once all others are done.
    """
    async with as_owner(server) as connection:
        begun = [(tenant, await _begun(connection, masters, tenant, pace)) for tenant in tenants]
        turns = [(tenant, newer) for tenant, newer in begun if newer is not None]
        await _sleep_until(max([newer.writes_at for _, newer in turns], default=clock.now()) + pace.clocks)
        late = await _late_writers(connection, server, turns, until=clock.now() + pace.writers)
        for tenant, newer in turns:
            if tenant.schema_name in late:
                continue
            if (rotated := await _finished(connection, masters, tenant, newer)) is not None:
                yield rotated
    if late:
        names = ", ".join(tenant.slug for tenant, _ in turns if tenant.schema_name in late)
        raise StillWriting(f"transactions from before the new key are still open: {names}")


async def _begun(connection: asyncpg.Connection, masters: Masters, tenant: Tenant, pace: Pace) -> Wrapped | None:
    """The newer of two data keys, made now where there is one, by us or by whoever was faster; None without any."""
    data = await _data(connection, tenant)
    if len(data) != 1:
        return data[-1] if data else None
    key = masters.wrap(
        token_bytes(KEY_BYTES),
        company=tenant.id,
        purpose=DATA,
        version=data[-1].version + 1,
        writes_at=clock.now() + pace.heard,
    )
    async with connection.transaction():
        await connection.execute(_NEWER, tenant.id, key.version, key.wrapped, key.master, key.writes_at)
        await announcing.announce(connection)
    made = await _data(connection, tenant)
    return made[-1] if made else None


async def _finished(connection: asyncpg.Connection, masters: Masters, tenant: Tenant, newer: Wrapped) -> Rotated | None:
    """None where the company has left."""
    keys = await keeping.held(connection, tenant.id)
    versions = [key.version for key in keys if key.purpose == DATA]
    if not versions:
        return None
    if versions[-1] != newer.version:
        # The next turn begins only when this one has ended: somebody else did that, and all rows lie under its key.
        return Rotated(tenant.slug, newer.version, 0)
    vault = Vaults(masters).vault(tenant.id, keys, at=max(clock.now(), newer.writes_at))
    rows = await resealing.reseal(connection, schema_name=tenant.schema_name, vault=vault)
    async with connection.transaction():
        await connection.execute(_OLDER_GO, tenant.id, newer.version)
        await announcing.announce(connection)
    return Rotated(tenant.slug, newer.version, rows)


async def _data(connection: asyncpg.Connection, tenant: Tenant) -> list[Wrapped]:
    return [key for key in await keeping.held(connection, tenant.id) if key.purpose == DATA]


async def _sleep_until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - clock.now()).total_seconds()))


async def _late_writers(
    connection: asyncpg.Connection, server: Server, turns: Sequence[tuple[Tenant, Wrapped]], *, until: datetime
) -> set[str]:
    """Wait for what runs now, and tell whose goes on after ``until``; whatever begins later seals with the new key."""
    writers = {tenant.schema_name for tenant, _ in turns}
    running = await _running(connection, [*writers, server.owner])
    while running and clock.now() <= until:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        running &= await _running(connection, [*writers, server.owner])
    late = {role for _, role in running}
    # The owner may write anywhere.
    return writers if server.owner in late else late


async def _running(connection: asyncpg.Connection, roles: Sequence[str]) -> set[tuple[str, str]]:
    return {(row["number"], row["role"]) for row in await connection.fetch(_RUNNING, roles)}
