"""What PostgreSQL grants to everybody in every database, and no company's role should have.

Large objects lie outside all schemas, would outlast their company and fill the disk; messages in the log do the same.
Statistics and sizes tell one company how many customers another has, and locks when its people are at work. Only a
superuser may take these rights away: on the embedded server we do, on any other ``open_databases`` and ``open_places``
say what is open.
"""

from typing import NamedTuple

import asyncpg

_FUNCTIONS = """
pronamespace = 'pg_catalog'::regnamespace AND (proname ~ '^pg_stat_get_' OR proname IN (
    'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_put', 'pg_logical_emit_message', 'pg_lock_status',
    'pg_database_size', 'pg_tablespace_size', 'pg_relation_size', 'pg_table_size', 'pg_total_relation_size',
    'pg_indexes_size'))
"""
_VIEWS = "relname ~ '^pg_((stat|statio)_|locks$)' AND relkind = 'v' AND relnamespace = 'pg_catalog'::regnamespace"
# Estimates of how many rows a table has; the catalog's other columns are what every driver reads.
_TELLING = "^rel(pages|tuples|allvisible|allfrozen)$"
_OPEN_DATABASES = (
    "SELECT datname::text AS name, pg_get_userbyid(datdba)::text AS owner FROM pg_database "
    "WHERE datallowconn AND datname <> current_database() AND has_database_privilege('public', oid, 'CONNECT') "
    "ORDER BY datname"
)
_OPEN_PLACES = """
SELECT DISTINCT proname::text AS name FROM pg_proc
WHERE {functions} AND has_function_privilege('public', oid, 'EXECUTE')
UNION ALL
SELECT 'pg_class.reltuples' WHERE has_column_privilege('public', 'pg_catalog.pg_class', 'reltuples', 'SELECT')
ORDER BY name
"""
# What says the statements for all of them, which are many.
SHUT = "leumund isolation fence | psql -U postgres"
_FENCE = """
DO $$
DECLARE
    name text;
BEGIN
    IF NOT EXISTS ({open_places}) THEN
        RETURN;
    END IF;
    FOR name IN SELECT oid::regprocedure FROM pg_proc WHERE {functions} LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {owner} WITH GRANT OPTION', name);
    END LOOP;
    FOR name IN SELECT oid::regclass FROM pg_class WHERE {views} LOOP
        EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', name);
        EXECUTE format('GRANT SELECT ON %s TO {owner} WITH GRANT OPTION', name);
    END LOOP;
    SELECT string_agg(quote_ident(attname), ', ') INTO name FROM pg_attribute
    WHERE attrelid = 'pg_catalog.pg_class'::regclass AND attname !~ '{telling}';
    REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;
    GRANT SELECT ON pg_catalog.pg_class TO {owner} WITH GRANT OPTION;
    EXECUTE format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', name);
    IF to_regrole('{operator}') IS NOT NULL THEN
        GRANT SELECT ON pg_catalog.pg_class TO {operator};
        GRANT EXECUTE ON FUNCTION pg_catalog.pg_total_relation_size(regclass), pg_catalog.pg_stat_get_live_tuples(oid)
            TO {operator};
    END IF;
END $$;
"""


def fence(*, owner: str, operator: str) -> str:
    """The statements of a superuser that leave these rights in one database to ``owner`` alone, to pass on; repeatable.

    Where ``operator`` is a role already, it gets back what the migrations passed on to it. They rest when all is as it
    should be: catalogs are not for rewriting at every start.
    """
    names = {"owner": f'"{owner}"', "operator": f'"{operator}"'}
    open_places = _OPEN_PLACES.format(functions=_FUNCTIONS)
    return _FENCE.format(**names, open_places=open_places, functions=_FUNCTIONS, views=_VIEWS, telling=_TELLING)


class Door(NamedTuple):
    """A database, and the role that could close it."""

    name: str
    owner: str

    @property
    def mend(self) -> str:
        """What its owner says."""
        return f'REVOKE CONNECT ON DATABASE "{self.name}" FROM PUBLIC'


async def count(connection: asyncpg.Connection) -> int:
    """How many functions ``open_places`` looks at."""
    return int(await connection.fetchval(f"SELECT count(*) FROM pg_proc WHERE {_FUNCTIONS}"))  # noqa: S608


async def open_databases(connection: asyncpg.Connection) -> list[Door]:
    """Other databases every company's role may connect to."""
    return [Door(*row) for row in await connection.fetch(_OPEN_DATABASES)]


async def open_places(connection: asyncpg.Connection) -> list[str]:
    """What every company's role may call to store outside its schema or to count others' rows, by name."""
    return [row["name"] for row in await connection.fetch(_OPEN_PLACES.format(functions=_FUNCTIONS))]
