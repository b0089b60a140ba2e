"""The database on more than one machine: what Citus is told so that each company's schema may live on any of them.

Companies' schemas are distributed whole (schema-based sharding); what all share stays on the coordinator and is known
to the other machines. Everything goes through the coordinator's one address; no statement of ours changes. Making and
migrating companies is the migration role's, so the setting that distributes a new schema is that role's alone.
"""

from collections.abc import AsyncIterator

import asyncpg

from leumund.tenancy.database.server import Server, as_owner

_SETTING = "citus.enable_schema_based_sharding"
_MISSING = "SELECT to_regprocedure('citus_add_local_table_to_metadata(regclass, boolean)') IS NULL"
_NO_COORDINATOR = "SELECT NOT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0)"
_NEXT_SHARED = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspowner = current_user::regrole AND n.nspname !~ '^t_[a-z0-9]{16}$'
    AND NOT EXISTS (SELECT FROM pg_dist_partition d WHERE d.logicalrelid = c.oid)
ORDER BY c.oid LIMIT 1
"""
# Foreign keys take the tables they lead to along.
_SHARE = "SELECT citus_add_local_table_to_metadata($1::text::regclass, true)"
_UNDISTRIBUTED = """
SELECT schema_name FROM platform.tenant
WHERE NOT EXISTS (SELECT FROM pg_dist_schema d WHERE d.schemaid = to_regnamespace(schema_name)) ORDER BY schema_name
"""
_DISTRIBUTE = "SELECT citus_schema_distribute($1::text::regnamespace)"


class NotCitus(Exception):
    """The database cannot be spread over machines as it is; the words say what is missing."""


async def is_prepared(server: Server) -> bool:
    """Whether new companies are distributed here already."""
    async with as_owner(server) as owner:
        return bool(await owner.fetchval("SELECT coalesce(current_setting($1, true), '') = 'on'", _SETTING))


async def prepare(server: Server) -> AsyncIterator[str]:
    """Share the platform's tables, distribute companies and have new ones distributed; yields what is done, as it is.

    What is done already is left alone, so that this can be run after each migration. Raises NotCitus.
    """
    async with as_owner(server) as owner:
        await _check(owner)
        while table := await owner.fetchval(_NEXT_SHARED):
            await owner.execute(_SHARE, table)
            yield f"{table}: known to all machines"
        await owner.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{server.database}" SET {_SETTING} = on')
        for row in await owner.fetch(_UNDISTRIBUTED):
            await owner.execute(_DISTRIBUTE, row["schema_name"])
            yield f"{row['schema_name']}: may live on any machine"


async def _check(owner: asyncpg.Connection) -> None:
    if await owner.fetchval(_MISSING):
        raise NotCitus("the extension citus is not in this database; its superuser says CREATE EXTENSION citus")
    if await owner.fetchval(_NO_COORDINATOR):
        raise NotCitus(
            "the coordinator has no name; its superuser says SELECT citus_set_coordinator_host('<its name>')"
        )
