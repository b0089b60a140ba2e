"""Fill a company by the million: what looks after single rows stands aside, and looks at all of them after."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

# Whatever refers to a row elsewhere, table by table.
_KEYS = """
SELECT conrelid::regclass::text AS held, conname AS name, pg_get_constraintdef(oid) AS told FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
# Indexes that no constraint rests on.
_INDEXES = """
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS told FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
"""


@asynccontextmanager
async def unhindered(owner: asyncpg.Connection, schema: str) -> AsyncIterator[None]:
    """Rows come into ``schema`` over ``owner`` without a look at other tables; indexes are made at the end."""
    await owner.execute(f"SET search_path = {schema}; SET statement_timeout = 0; SET maintenance_work_mem = '256MB'")
    keys, indexes = await owner.fetch(_KEYS), await owner.fetch(_INDEXES)
    for key in keys:
        await owner.execute(f"ALTER TABLE {key['held']} DROP CONSTRAINT {key['name']}")
    for index in indexes:
        await owner.execute(f"DROP INDEX {index['name']}")
    yield
    for made in indexes:
        await owner.execute(made["told"])
    for key in keys:
        await owner.execute(f"ALTER TABLE {key['held']} ADD CONSTRAINT {key['name']} {key['told']}")
    await owner.execute("VACUUM ANALYZE")
