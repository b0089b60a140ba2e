"""Hold a company still while it moves: read and not written, which the database itself sees to.

First every process is told, so that whoever writes is asked to come again; then the company's role loses the right to
write, so that a process that has not heard changes nothing either; then those who were writing are waited for. What is
archived after that is all there is.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg

from leumund.kit import ground
from leumund.tenancy import announcing, directory
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.directory import State, Tenant
from leumund.tenancy.moving import tables
from leumund.tenancy.noting import Note

_WRITING = """
WITH own AS (
    SELECT c.oid, c.relname, c.relacl FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = $1::text::regnamespace
        AND d.classid = 'pg_class'::regclass AND d.deptype = 'n' AND c.relkind IN ('r', 'p')
), given AS (
    SELECT relname, '' AS col, a.grantee, a.privilege_type FROM own, aclexplode(relacl) AS a
    UNION ALL
    SELECT relname, format(' (%I)', attname), a.grantee, a.privilege_type
    FROM own JOIN pg_attribute ON attrelid = own.oid, aclexplode(attacl) AS a WHERE NOT attisdropped
)
SELECT format('%s%s ON %I.%I', privilege_type, col, $1::text, relname) FROM given
WHERE grantee = $1::text::regrole AND privilege_type <> 'SELECT'
"""
_TURN = "UPDATE platform.tenant SET state = $3, changed_at = $4 WHERE id = $1 AND state = $2"
# Longer than any statement of a company's may take, and any transaction of its may idle.
_LONGEST_WRITE = "90s"


class NotHeld(Exception):
    """It is neither open nor held, or nobody holds it who could let go, or somebody does not end writing to it."""


@asynccontextmanager
async def held(server: Server, tenant: Tenant, *, at: datetime, note: Note) -> AsyncIterator[None]:
    """Hold ``tenant`` for the block and after it; one that was written until now is let go where anything fails.

    One that was held before stays so: by now it may be written on another deployment. Raises NotHeld.
    """
    async with as_owner(server) as connection:
        begun = await _begin(connection, tenant, at, note)
    try:
        await hold(server, tenant, at=at, note=note)
        yield
    except BaseException:
        if begun:
            await let_go(server, tenant, at=at, note=note)
        raise


async def hold(server: Server, tenant: Tenant, *, at: datetime, note: Note) -> None:
    """Let nobody write to ``tenant`` from when this returns on; what fails half way is begun again. Raises NotHeld."""
    async with as_owner(server) as connection:
        await _begin(connection, tenant, at, note)
        await asyncio.sleep(directory.FRESH_SECONDS)
        await _take_away(connection, tenant, at)
        await wait_for_writers(connection, tenant)


async def wait_until_still(server: Server, tenant: Tenant) -> None:
    """Come back when all who could write to a company that is served no more have heard of it and ended."""
    async with as_owner(server) as connection:
        await asyncio.sleep(directory.FRESH_SECONDS)
        await wait_for_writers(connection, tenant)


async def let_go(server: Server, tenant: Tenant, *, at: datetime, note: Note) -> None:
    """Let ``tenant`` be written again: it stays here. Raises NotHeld."""
    async with as_owner(server) as connection, connection.transaction():
        await give_back(connection, tenant)
        await _turn(connection, tenant, State.MOVING, State.OPEN, at)
        await note(connection, action="company.moved_back", tenant=tenant.id, slug=tenant.slug)


async def give_back(connection: asyncpg.Connection, tenant: Tenant) -> None:
    """The rights a held company's role had; nothing where none were taken."""
    grants = await connection.fetchval("DELETE FROM platform.moving WHERE tenant = $1 RETURNING grants", tenant.id)
    if grants:
        await connection.execute("".join(f"GRANT {right} TO {tenant.schema_name};" for right in grants))


async def wait_for_writers(connection: asyncpg.Connection, tenant: Tenant) -> None:
    """Come back when whoever was writing to ``tenant`` has ended; table by table, so that nobody waits in a ring.

    Raises NotHeld where somebody does not end.
    """
    for table in await tables.of(connection, tenant.schema_name):
        try:
            async with connection.transaction():
                await connection.execute(
                    f"SET LOCAL lock_timeout = '{_LONGEST_WRITE}';"
                    f'LOCK TABLE {tenant.schema_name}."{table.name}" IN SHARE MODE;'
                )
        except asyncpg.LockNotAvailableError:
            raise NotHeld(f"somebody has been writing to {tenant.slug} for {_LONGEST_WRITE}; try again") from None


async def _begin(connection: asyncpg.Connection, tenant: Tenant, at: datetime, note: Note) -> bool:
    """Whether it was not held already."""
    async with connection.transaction():
        begun = await _turn(connection, tenant, State.OPEN, State.MOVING, at)
        if begun:
            await note(connection, action="company.moving", tenant=tenant.id, slug=tenant.slug)
    return begun


async def _turn(connection: asyncpg.Connection, tenant: Tenant, before: State, after: State, at: datetime) -> bool:
    """Whether it was not so already."""
    turned = bool(ground.touched(await connection.execute(_TURN, tenant.id, before, after, at)))
    state = await connection.fetchval("SELECT state FROM platform.tenant WHERE id = $1", tenant.id)
    if not turned and (after, state) != (State.MOVING, State.MOVING):
        raise NotHeld(f"{tenant.slug} is {state}, and not {before}")
    await announcing.announce(connection)
    return turned


async def _take_away(connection: asyncpg.Connection, tenant: Tenant, at: datetime) -> None:
    async with connection.transaction():
        rights = [row[0] for row in await connection.fetch(_WRITING, tenant.schema_name)]
        if not rights:
            return
        await connection.execute(
            "INSERT INTO platform.moving (tenant, since, grants) VALUES ($1, $2, $3)", tenant.id, at, rights
        )
        await connection.execute("".join(f"REVOKE {right} FROM {tenant.schema_name};" for right in rights))
