"""A company leaves: hosts, jobs, schema and role are gone, and a certificate says so.

Whatever the role did to stay (a password of its own, connections that hold on, large objects, which lie outside all
schemas) does not keep it: the owner makes itself a member of the role, ends its connections and drops what it owns, in
every database it got into. Its test company goes with it, in the same transaction: none is ever left behind.
"""

from datetime import datetime

import asyncpg
import msgspec

from leumund.tenancy import announcing
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.directory import State, Tenant
from leumund.tenancy.leaving import certifying
from leumund.tenancy.leaving.certifying import Certificate, Named
from leumund.tenancy.leaving.going import NotLeaving

# Each large object that goes takes a lock until the transaction ends; a server has room for some thousands.
_OBJECTS_AT_ONCE = 1000
_DROP_SOME_OBJECTS = """
SELECT count(lo_unlink(oid)) FROM (
    SELECT oid FROM pg_largeobject_metadata WHERE lomowner = $1::text::regrole LIMIT $2
) AS mine
"""
# One that was sent away stays on its way: nobody reopens what is half gone.
_CLOSE = "UPDATE platform.tenant SET state = $2 WHERE id = $1 AND state <> $3"
# Whoever calls it back locks this row too, so that of the two one comes too late.
_DUE = """
SELECT true FROM platform.leaving WHERE tenant = $1 AND due_at <= $2
    AND coalesce(archive_sha256, unarchived_reason) IS NOT NULL FOR UPDATE
"""
_TWIN = "SELECT id, slug, name, schema_name FROM platform.tenant WHERE twin_of = $1"
_ELSEWHERE = """
SELECT DISTINCT datname FROM pg_shdepend JOIN pg_database ON pg_database.oid = dbid
WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1::text::regrole AND datname <> current_database()
"""


async def erase(server: Server, tenant: Tenant, *, at: datetime, if_due: bool = False) -> Certificate:
    """Remove everything of ``tenant``; what fails half way is begun again.

    The certificate of a company that was sent away is kept in the same transaction, to be written. With ``if_due`` only
    of one whose time is up: raises going.NotLeaving where it was called back, and nothing has changed.
    """
    company = Named(tenant.id, tenant.slug, tenant.name, tenant.schema_name)
    async with servers.as_owner(server) as owner:
        await _empty(server, owner, company, due_at=at if if_due else None)
        # One that is made after this holds the company in the directory: then it is begun again.
        twins = [Named(**dict(row)) for row in await owner.fetch(_TWIN, tenant.id)]
        for twin in twins:
            await _empty(server, owner, twin, due_at=None)
        async with owner.transaction():
            certificate = await certifying.drawn_up(owner, company, at=at)
            for twin in twins:
                gone = await certifying.drawn_up(owner, twin, at=at)
                certificate = msgspec.structs.replace(certificate, twin=gone)
                await _remove(owner, twin)
            if certificate.taken_offline_at is not None:
                await certifying.keep(owner, certificate)
            await _remove(owner, company)
            await announcing.announce(owner)
    return certificate


async def _empty(server: Server, owner: asyncpg.Connection, company: Named, *, due_at: datetime | None) -> None:
    """Let nobody of ``company`` in any more, and take what it has outside of its schema."""
    role = company.schema_name
    await _shut_out(owner, company, due_at=due_at)
    for row in await owner.fetch(_ELSEWHERE, role):
        await _clear_out(server._replace(database=row["datname"]), role)
    await _drop_objects(owner, role)


async def _remove(owner: asyncpg.Connection, company: Named) -> None:
    role = company.schema_name
    await owner.execute("DELETE FROM outbox.job WHERE company_role = $1", role)
    await owner.execute("DELETE FROM platform.tenant WHERE id = $1", company.id)
    await owner.execute(f"DROP SCHEMA {role} CASCADE; DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


async def _shut_out(owner: asyncpg.Connection, tenant: Named, *, due_at: datetime | None) -> None:
    """Close the company, let it log in no more and end its connections."""
    async with owner.transaction():
        if due_at is not None and not await owner.fetchval(_DUE, tenant.id, due_at):
            raise NotLeaving(f"{tenant.slug} was called back")
        await owner.execute(_CLOSE, tenant.id, State.CLOSED, State.LEAVING)
        await owner.execute(f"ALTER ROLE {tenant.schema_name} NOLOGIN")
        await announcing.announce(owner)
    await owner.execute(f"GRANT {tenant.schema_name} TO CURRENT_USER")
    await owner.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1", tenant.schema_name
    )


async def _clear_out(elsewhere: Server, role: str) -> None:
    async with servers.as_owner(elsewhere) as owner:
        await _drop_objects(owner, role)
        await owner.execute(f"DROP OWNED BY {role} CASCADE")


async def _drop_objects(owner: asyncpg.Connection, role: str) -> None:
    while await owner.fetchval(_DROP_SOME_OBJECTS, role, _OBJECTS_AT_ONCE):
        pass
