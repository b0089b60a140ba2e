"""Try, as whoever is logged in, to leave one's own place."""

import asyncpg

from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import trying
from leumund.tenancy.verifying.findings import Visit
from leumund.tenancy.verifying.trying import Kind

# Beyond a company's place there is nothing to make, to become or to run.
_ESCAPES = (
    "CREATE TABLE leumund_probe (id bigint)",
    "CREATE TABLE public.leumund_probe (id bigint)",
    "CREATE TEMPORARY TABLE leumund_probe (id bigint)",
    "CREATE SCHEMA leumund_probe",
    "CREATE ROLE leumund_probe",
    "SET LOCAL ROLE {owner}",
    "SET LOCAL SESSION AUTHORIZATION {owner}",
    "SET LOCAL ROLE {operator}",
    "SET LOCAL session_replication_role = replica",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT count(*) FROM pg_authid",
    "COPY (SELECT 1) TO '/dev/null'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
)
# What a server's superuser takes from everybody, where it is not kept by others.
_FENCED = ("SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'probe')")
# Entries that nobody may change afterwards, a company's own role no more than others.
_OWN = (
    "EXPLAIN UPDATE audit_entry SET actor = DEFAULT",
    "EXPLAIN DELETE FROM audit_entry",
    "EXPLAIN UPDATE ledger_posting SET cents = DEFAULT",
    "EXPLAIN DELETE FROM consent_event",
)
_OTHERS_AT_WORK = """SELECT count(*) FROM pg_stat_activity
WHERE usename <> current_user AND query NOT IN ('', '<insufficient privilege>')"""

STATEMENTS = len(_ESCAPES) + len(_FENCED) + len(_OWN) + 4


async def at_home(connection: asyncpg.Connection, server: Server, *, role: str, kept: bool) -> Visit:
    """Try to leave one's own place, to change what is written there for good, and to see others at work.

    Where the server is ``kept`` by others, what only they could close is not tried: the catalog's checks note it.
    """
    tries = [
        await trying.seen(connection, "SELECT session_user::text || ' ' || current_user", expected=f"{role} {role}"),
        await trying.seen(connection, "SELECT current_schemas(false)::text", expected=f"{{{role}}}"),
        await trying.allowed(connection, "EXPLAIN SELECT * FROM audit_entry"),
        *await trying.refused(connection, [Kind(statement) for statement in _OWN], readonly=True),
        *await trying.refused(connection, _escapes(server, kept), readonly=False),
        await trying.seen(connection, _OTHERS_AT_WORK, expected="0"),
    ]
    return Visit(check="escapes", role=role, tries=tuple(tries))


async def at_desk(connection: asyncpg.Connection, server: Server, *, role: str, kept: bool) -> Visit:
    """Try to leave the place of one of the platform's own roles; ``kept`` as at home."""
    # To become oneself is allowed to everybody.
    kinds = [each for each in _escapes(server, kept) if each.statement != f'SET LOCAL ROLE "{role}"']
    return Visit(check="escapes", role=role, tries=tuple(await trying.refused(connection, kinds, readonly=False)))


def _escapes(server: Server, kept: bool) -> list[Kind]:
    return [Kind(server.filled(statement)) for statement in (*_ESCAPES, *(() if kept else _FENCED))]
