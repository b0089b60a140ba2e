"""Try, as whoever is logged in, the tables of other companies and of the platform."""

from collections.abc import Mapping, Sequence
from itertools import islice

import asyncpg

from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import granted, trying
from leumund.tenancy.verifying.findings import Visit
from leumund.tenancy.verifying.trying import Kind, Table

# What takes rows, changes them, holds them or hands them out, of every table there is.
_ON_TABLES = (
    "EXPLAIN SELECT * FROM {home}.{table}",
    "EXPLAIN INSERT INTO {home}.{table} DEFAULT VALUES",
    "EXPLAIN UPDATE {home}.{table} SET {column} = DEFAULT",
    "EXPLAIN DELETE FROM {home}.{table}",
    "LOCK TABLE {home}.{table} IN ACCESS SHARE MODE NOWAIT",
)
# What each of them takes.
_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "SELECT")
_COPY = "SELECT * FROM {home}.{table} LIMIT 0"
_TRUNCATE = """SELECT count(*) FROM pg_class WHERE relnamespace = '{home}'::regnamespace AND relkind IN ('r', 'p')
    AND has_table_privilege(current_user, oid, 'TRUNCATE')"""
_AT_ANOTHERS = (
    "CREATE TABLE {home}.leumund_probe (id bigint)",
    "SET LOCAL ROLE {home}",
    "SET LOCAL SESSION AUTHORIZATION {home}",
    "GRANT {home} TO CURRENT_USER",
    "ALTER ROLE {home} CONNECTION LIMIT 1",
)
STATEMENTS_AT_A_GLANCE = len(_ON_TABLES) + len(_AT_ANOTHERS)
# A table is reached through its schema, so that this is asked of every table of every company at once.
_OPEN = """SELECT coalesce(string_agg(nspname, ', ' ORDER BY nspname), 'none')
FROM pg_namespace n LEFT JOIN pg_roles r ON rolname = nspname
WHERE nspname ~ '^t_[a-z0-9]{16}$' AND nspname <> current_user
    AND (has_schema_privilege(n.oid, 'USAGE, CREATE') OR pg_has_role(r.oid, 'MEMBER'))"""
_FORGED = "EXPLAIN INSERT INTO outbox.job (company_role, kind, subject) VALUES ('{owner}', 'a.b', gen_random_uuid())"
_MODES = "SELECT string_agg(livemode::text, ', ' ORDER BY livemode) FROM money_mode"
_OF_OTHERS = "SELECT count(*) FROM {table} WHERE company_role <> session_user::text"


async def at_all(connection: asyncpg.Connection, *, role: str, check: str) -> Visit:
    """Ask the database, as ``role``, which companies of all there are it may use or become."""
    return Visit(check=check, role=role, tries=(await trying.seen(connection, _OPEN, expected="none"),))


async def at_anothers(
    connection: asyncpg.Connection, *, role: str, target: str, tables: Sequence[Table], check: str
) -> Visit:
    """Try every table of ``target``, and to become it."""
    rows = [Kind(statement.replace("{home}", target), tables) for statement in _ON_TABLES] if tables else []
    deeds = [Kind(statement.replace("{home}", target)) for statement in _AT_ANOTHERS]
    tries = await trying.refused(connection, rows, readonly=True)
    tries += await trying.copied(connection, Kind(_COPY.replace("{home}", target), tables))
    tries.append(await trying.seen(connection, _TRUNCATE.replace("{home}", target), expected="0"))
    tries += await trying.refused(connection, deeds, readonly=False)
    return Visit(check=check, role=role, target=target, tries=tuple(tries))


async def at_a_glance(
    connection: asyncpg.Connection, *, role: str, tables: Mapping[str, Table], check: str
) -> list[Visit]:
    """Try one table of each company in ``tables``, and to become it, all in one round trip."""
    kinds = [kind for target, table in tables.items() for kind in _glances(target, table)]
    tries = iter(await trying.refused(connection, kinds, readonly=False))
    return [
        Visit(check=check, role=role, target=target, tries=tuple(islice(tries, STATEMENTS_AT_A_GLANCE)))
        for target in tables
    ]


def statements_at_platforms(tables: int) -> int:
    """About how many a company tries at so many tables of the platform."""
    return tables * len(_ON_TABLES)


def statements_at_anothers(tables: int) -> int:
    """How many one role tries at another company's so many tables."""
    return tables * (len(_ON_TABLES) + 1) + 1 + len(_AT_ANOTHERS)


async def at_its_modes(connection: asyncpg.Connection, *, role: str, is_twin: bool) -> Visit:
    """Ask a company which modes of money it knows: a test company test money alone, any other both."""
    known = "false" if is_twin else "false, true"
    return Visit(check="modes", role=role, tries=(await trying.seen(connection, _MODES, expected=known),))


async def at_platforms(
    connection: asyncpg.Connection, server: Server, *, role: str, tables: Mapping[str, Sequence[Table]]
) -> Visit:
    """Try the platform's own tables as a company, by what the migrations leave to everybody and by nothing more."""
    kinds = [kind for home, theirs in tables.items() for kind in _shut(server, home, theirs)]
    kinds.append(Kind(_FORGED.replace("{owner}", server.owner)))
    tries = await trying.refused(connection, kinds, readonly=True)
    for name in (f"{home}.{table.name}" for home, theirs in tables.items() for table in theirs):
        if _open(server, name, "SELECT"):
            tries.append(await trying.seen(connection, _OF_OTHERS.replace("{table}", name), expected="0"))
    return Visit(check="platform", role=role, tries=tuple(tries))


def _shut(server: Server, home: str, tables: Sequence[Table]) -> list[Kind]:
    """What nobody may do with ``tables`` of the platform."""
    shut = (
        (statement, [table for table in tables if not _open(server, f"{home}.{table.name}", privilege)])
        for statement, privilege in zip(_ON_TABLES, _PRIVILEGES, strict=True)
    )
    return [Kind(statement.replace("{home}", home), theirs) for statement, theirs in shut if theirs]


def _open(server: Server, table: str, privilege: str) -> bool:
    return any(
        right.grantee == "PUBLIC" and (right.object, right.privilege) == (table, privilege)
        for right in granted.platform(server)
    )


def _glances(target: str, table: Table) -> list[Kind]:
    rows = [Kind(statement.replace("{home}", target), [table]) for statement in _ON_TABLES]
    return rows + [Kind(statement.replace("{home}", target)) for statement in _AT_ANOTHERS]
