"""What stands in a company's tables, row by row, so that a test can say that nothing was changed."""

from collections.abc import Mapping

import asyncpg

from leumund.tenancy.directory import Tenant

_TABLES = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1"


async def sums(owner: asyncpg.Connection, tenant: Tenant) -> Mapping[str, str]:
    """A sum over every row, by table; the jobs and the directory's rows of the company are tables too."""
    tables = [row["name"] for row in await owner.fetch(_TABLES, tenant.schema_name)]
    assert len(tables) > 25, "the catalog shows what there is to change"
    found = {name: await _sum(owner, f"SELECT t FROM {tenant.schema_name}.{name} t") for name in tables}
    jobs = f"SELECT t.kind, t.subject FROM outbox.job t WHERE company_role = '{tenant.schema_name}'"
    return {
        **found,
        "outbox.job": await _sum(owner, jobs),
        "platform.host": await _sum(owner, f"SELECT t FROM platform.host t WHERE tenant = '{tenant.id}'"),
    }


async def _sum(owner: asyncpg.Connection, rows: str) -> str:
    return str(
        await owner.fetchval(f"SELECT coalesce(md5(string_agg(r::text, '|' ORDER BY r::text)), '') FROM ({rows}) r")
    )
