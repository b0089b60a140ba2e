"""What functions and row security say, held against the words of the migrations."""

from collections.abc import Iterator

import asyncpg

from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import questions, written
from leumund.tenancy.verifying.findings import Check, Finding
from leumund.tenancy.verifying.written import Function, Policy

_FUNCTIONS = """
SELECT name || '.' || proname AS name, pg_get_function_identity_arguments(p.oid) AS arguments,
    pg_get_function_result(p.oid) AS result, lanname AS language, prosecdef AS definer,
    coalesce(array_to_string(proconfig, ','), '') AS path, prosrc AS body, p.oid::regprocedure::text AS signature
FROM pg_proc p JOIN ours ON schema = pronamespace JOIN pg_language l ON l.oid = prolang
"""
_UNFENCED = """
SELECT fenced FROM unnest(string_to_array(current_setting('leumund.fenced'), ',')) AS fenced
WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(fenced) AND relrowsecurity)
"""
_POLICIES = """
SELECT concerned, name || '.' || relname AS table, polname AS name, polpermissive AS permissive,
    CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
        ELSE 'ALL' END AS command,
    ARRAY(SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role)::text END FROM unnest(polroles) AS role)
        AS roles,
    coalesce(pg_get_expr(polqual, polrelid), '') AS using, coalesce(pg_get_expr(polwithcheck, polrelid), '') AS check,
    format('DROP POLICY %I ON %I.%I', polname, name, relname) AS dropped
FROM pg_policy JOIN pg_class c ON c.oid = polrelid JOIN home ON schema = relnamespace
"""


async def functions(connection: asyncpg.Connection) -> Check:
    """Functions of the migrations that are not there, or not as they were made; others are no table's business."""
    rows, made = await questions.fetch(connection, _FUNCTIONS), written.functions()
    found = [Finding(object=each.name, mend=said) for each, said in made.items() if each.name not in _names(rows)]
    said_of = {each.name: said for each, said in made.items()}
    for row in rows:
        if row["name"] in said_of and _function(row) not in made:
            mend = f"DROP ROUTINE {row['signature']}; {said_of[row['name']]}"
            found.append(Finding(object=row["signature"], mend=mend))
    return Check(name="functions", looked_at=len(rows), findings=tuple(found))


async def row_security(connection: asyncpg.Connection, server: Server) -> Check:
    """Tables that several companies write to, told apart by the database's own row security."""
    rows, unfenced = await questions.fetch(connection, _POLICIES), await questions.fetch(connection, _UNFENCED)
    found = [_unfenced(row["fenced"]) for row in unfenced] + list(_strange(rows, written.policies(server)))
    return Check(name="row_security", looked_at=len(rows) + len(written.fenced()), findings=tuple(found))


def _unfenced(table: str) -> Finding:
    mend = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    return Finding(object=table, detail="DISABLE ROW LEVEL SECURITY", mend=mend)


def _strange(rows: list[asyncpg.Record], made: dict[Policy, str]) -> Iterator[Finding]:
    """Policies no migration wrote, and those that are gone; one that was changed is both."""
    there = {_policy(row): row for row in rows}
    for policy, row in there.items():
        if policy not in made:
            detail = f"POLICY {policy.name}"
            yield Finding(schemas=tuple(row["concerned"]), object=policy.table, detail=detail, mend=row["dropped"])
    for policy, said in made.items():
        if policy not in there:
            yield Finding(object=policy.table, detail=f"NO POLICY {policy.name}", mend=said)


def _names(rows: list[asyncpg.Record]) -> set[str]:
    return {row["name"] for row in rows}


def _function(row: asyncpg.Record) -> Function:
    return Function(**{name: row[name] for name in Function._fields})


def _policy(row: asyncpg.Record) -> Policy:
    using, check = written.plain(row["using"]), written.plain(row["check"])
    roles = tuple(sorted(row["roles"]))
    return Policy(row["table"], row["name"], row["command"], row["permissive"], roles, using, check)
