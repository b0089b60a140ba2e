"""A company leaves: hosts, jobs, schema and role are gone, and a certificate says so."""

from datetime import datetime
from typing import Any

from leumund.tenancy.directory import Tenant
from leumund.tenancy.server import Server, connect_owner


async def erase(server: Server, tenant: Tenant, *, at: datetime) -> dict[str, Any]:
    """Remove everything of ``tenant`` in one transaction; returns the certificate's figures."""
    connection = await connect_owner(server)
    try:
        async with connection.transaction():
            tables = await connection.fetchval(
                "SELECT count(*) FROM pg_tables WHERE schemaname = $1", tenant.schema_name
            )
            jobs = await connection.execute("DELETE FROM outbox.job WHERE company_role = $1", tenant.schema_name)
            await connection.execute("DELETE FROM platform.tenant WHERE id = $1", tenant.id)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", tenant.schema_name
            )
            await connection.execute(f"DROP SCHEMA {tenant.schema_name} CASCADE")
            await connection.execute(f"DROP OWNED BY {tenant.schema_name}; DROP ROLE {tenant.schema_name}")
    finally:
        await connection.close()
    return {
        "company": tenant.name,
        "slug": tenant.slug,
        "schema": tenant.schema_name,
        "tables": tables,
        "jobs": int(jobs.split()[-1]),
        "erased_at": at.isoformat(),
    }
