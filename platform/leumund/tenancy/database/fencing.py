"""What PostgreSQL grants to everybody in every database, and no company's role should have.

Large objects lie outside all schemas, would outlast their company and fill the disk; messages in the log do the same.
Statistics and sizes tell one company how many customers another has. Only a superuser may take these rights away: on
the embedded server we do, on any other ``gaps`` says what is open.
"""

import asyncpg

_FUNCTIONS = """
pronamespace = 'pg_catalog'::regnamespace AND (proname ~ '^pg_stat_get_' OR proname IN (
    'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_put', 'pg_logical_emit_message',
    'pg_relation_size', 'pg_table_size', 'pg_total_relation_size', 'pg_indexes_size'))
"""
_VIEWS = "relname ~ '^pg_(stat|statio)_' AND relkind = 'v' AND relnamespace = 'pg_catalog'::regnamespace"
# Estimates of how many rows a table has; the catalog's other columns are what every driver reads.
_TELLING = "^rel(pages|tuples|allvisible|allfrozen)$"
_OPEN_DATABASES = (
    "SELECT datname FROM pg_database WHERE datallowconn AND datname <> current_database() "
    "AND has_database_privilege('public', oid, 'CONNECT') ORDER BY datname"
)
_OPEN_FUNCTIONS = """
SELECT DISTINCT proname FROM pg_proc WHERE {functions} AND has_function_privilege('public', oid, 'EXECUTE')
ORDER BY proname
"""
_FENCE = """
DO $$
DECLARE
    name text;
BEGIN
    IF NOT has_table_privilege('public', 'pg_catalog.pg_class', 'SELECT') THEN
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
END $$;
"""


def fence(owner: str) -> str:
    """The statements of a superuser that leave these rights in one database to ``owner`` alone, to pass on; repeatable.

    They rest when all is as it should be: catalogs are not for rewriting at every start.
    """
    return _FENCE.format(owner=owner, functions=_FUNCTIONS, views=_VIEWS, telling=_TELLING)


async def count(connection: asyncpg.Connection) -> int:
    """How many functions ``gaps`` looks at."""
    return int(await connection.fetchval(f"SELECT count(*) FROM pg_proc WHERE {_FUNCTIONS}"))  # noqa: S608


async def gaps(connection: asyncpg.Connection) -> list[str]:
    """What is open to every company's role on this server, each with what its superuser says to close it."""
    found = [
        f"companies' roles may connect to {row['datname']}: REVOKE CONNECT ON DATABASE {row['datname']} FROM PUBLIC"
        for row in await connection.fetch(_OPEN_DATABASES)
    ]
    if names := [row["proname"] for row in await connection.fetch(_OPEN_FUNCTIONS.format(functions=_FUNCTIONS))]:
        found.append(
            f"companies' roles may call {len(names)} functions that store outside their schema or count others' rows, "
            f"such as {names[0]}: see the operator's handbook"
        )
    return found
