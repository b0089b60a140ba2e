"""Rights on schemas, tables, columns and sequences, held against what the migrations grant."""

from collections.abc import Sequence

import asyncpg

from leumund.tenancy.database import fencing
from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import granted, questions
from leumund.tenancy.verifying.findings import Check, Finding
from leumund.tenancy.verifying.granted import Right

# Rows are gathered by what is granted, so that a thousand companies alike are a few hundred rows.
_RIGHTS = """
, acl AS (
    SELECT relnamespace AS schema, relname::text AS object, '' AS col, relowner AS owner, a.*
    FROM pg_class, aclexplode(relacl) AS a
    UNION ALL
    SELECT relnamespace, relname, attname, relowner, a.*
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl) AS a WHERE NOT attisdropped
    UNION ALL
    SELECT oid, 'SCHEMA ' || nspname, '', nspowner, a.* FROM pg_namespace, aclexplode(nspacl) AS a
)
"""
_OF_COMPANIES = (
    _RIGHTS
    + """
SELECT CASE WHEN object LIKE 'SCHEMA %' THEN 'SCHEMA {role}' ELSE object END AS object, col,
    privilege_type AS privilege, is_grantable, version,
    CASE WHEN grantee = role THEN '{role}' WHEN grantee = 0 THEN 'PUBLIC'
        ELSE quote_ident(pg_get_userbyid(grantee)) END AS grantee, array_agg(name::text ORDER BY name) AS schemas
FROM acl JOIN company USING (schema) WHERE grantee <> owner
GROUP BY 1, 2, 3, 4, 5, 6
"""
)
_OF_PLATFORM = (
    _RIGHTS
    + """
SELECT CASE WHEN object LIKE 'SCHEMA %' THEN object ELSE name || '.' || object END AS object, col,
    privilege_type AS privilege, is_grantable,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END AS grantee
FROM acl JOIN ours USING (schema) WHERE grantee <> owner
"""
)
_HOME = Right("SCHEMA {role}", "", "USAGE", "{role}")


async def of_companies(connection: asyncpg.Connection) -> Check:
    """What is granted in the companies' schemas beyond what their own migrations granted to their own roles."""
    rows = await questions.fetch(connection, _OF_COMPANIES)
    found = [
        _too_many(row, schema, f'"{schema}".')
        for row in rows
        if row["is_grantable"] or _right(row) not in granted.company(row["version"]) | {_HOME}
        for schema in row["schemas"]
    ]
    return Check(name="company_rights", looked_at=sum(len(row["schemas"]) for row in rows), findings=tuple(found))


async def of_platform(connection: asyncpg.Connection, server: Server) -> Check:
    """What is granted in the platform's schemas beyond what its migrations granted."""
    rows, expected = await questions.fetch(connection, _OF_PLATFORM), granted.platform(server)
    found = [_too_many(row, "", "") for row in rows if row["is_grantable"] or _right(row) not in expected]
    return Check(name="platform_rights", looked_at=len(rows), findings=tuple(found))


async def doors(connection: asyncpg.Connection, *, keepers: Sequence[str]) -> Check:
    """Other databases of the server that everybody may enter: a note where one is the keepers' own."""
    opened = await fencing.open_databases(connection)
    noted, found = (
        tuple(Finding(object=door.name, mend=door.mend) for door in opened if (door.owner in keepers) is theirs)
        for theirs in (True, False)
    )
    looked_at = int(await connection.fetchval("SELECT count(*) FROM pg_database WHERE datallowconn"))
    return Check(name="doors", looked_at=looked_at, findings=found, notes=noted)


async def fences(connection: asyncpg.Connection, *, kept: bool) -> Check:
    """What PostgreSQL grants to everybody and only a superuser takes back: a note where others keep the server."""
    names = await fencing.open_places(connection)
    found = [Finding(object=names[0], detail=str(len(names)), mend=fencing.SHUT)] if names else []
    looked_at = await fencing.count(connection)
    return Check(name="fences", looked_at=looked_at, **{"notes" if kept else "findings": tuple(found)})


def _right(row: asyncpg.Record) -> Right:
    return Right(row["object"], row["col"], row["privilege"], row["grantee"])


def _too_many(row: asyncpg.Record, schema: str, home: str) -> Finding:
    grantee = row["grantee"].replace("{role}", schema)
    named = row["object"].replace("{role}", schema)
    place = named if named.startswith("SCHEMA ") else home + named
    what = f"{row['privilege']} ({row['col']})" if row["col"] else row["privilege"]
    return Finding(
        schemas=(schema,) if schema else (),
        object=place,
        detail=f"{what} TO {grantee}{' WITH GRANT OPTION' if row['is_grantable'] else ''}",
        mend=f"REVOKE {what} ON {place} FROM {grantee}",
    )
