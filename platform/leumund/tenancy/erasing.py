"""A company leaves: hosts, jobs, schema and role are gone, and a certificate says so."""

from datetime import datetime
from typing import Any

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import server as servers
from leumund.tenancy.directory import Tenant
from leumund.tenancy.server import Server


async def erase(server: Server, settings: Settings, tenant: Tenant, *, at: datetime) -> dict[str, Any]:
    """Remove everything of ``tenant``; returns the certificate's figures. What fails half way is begun again."""
    owner = await servers.connect_owner(server)
    try:
        await _shut_out(owner, server, settings, tenant)
        async with owner.transaction():
            tables = await owner.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = $1", tenant.schema_name)
            jobs = await owner.execute("DELETE FROM outbox.job WHERE company_role = $1", tenant.schema_name)
            await owner.execute("DELETE FROM platform.tenant WHERE id = $1", tenant.id)
            await owner.execute(f"DROP SCHEMA {tenant.schema_name} CASCADE; DROP ROLE {tenant.schema_name}")
    finally:
        await owner.close()
    return {
        "company": tenant.name,
        "slug": tenant.slug,
        "schema": tenant.schema_name,
        "tables": tables,
        "jobs": int(jobs.split()[-1]),
        "erased_at": at.isoformat(),
    }


async def _shut_out(owner: asyncpg.Connection, server: Server, settings: Settings, tenant: Tenant) -> None:
    """Close the company and end its connections; a role may end its own, so it does that itself as its last deed."""
    await owner.execute("UPDATE platform.tenant SET state = 'closed' WHERE id = $1", tenant.id)
    await owner.execute(f"ALTER ROLE {tenant.schema_name} LOGIN")
    last = await servers.connect_as(server, settings, tenant.schema_name)
    try:
        await owner.execute(f"ALTER ROLE {tenant.schema_name} NOLOGIN")
        await last.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
    finally:
        await last.close()
