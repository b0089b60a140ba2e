"""Questions to the catalog over all companies at once, asked by the migration role in a transaction that reads alone.

Each is flat in the number of companies: no statement is sent for one company or one table.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from leumund.tenancy import migrating, roles
from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying.findings import Check, Finding

LONGEST_QUESTION = "60s"
# Harmless, or what a deployment over several machines stands on.
_EXTENSIONS = ("plpgsql", "citus", "citus_columnar", "pg_stat_statements")
# Names for what every question speaks of: companies as the directory has them, the platform's schemas and its roles.
_SPEAKING = """
WITH company AS (
    SELECT t.schema_name::name AS name, t.state, t.version, n.oid AS schema, r.oid AS role
    FROM platform.tenant t LEFT JOIN pg_namespace n ON n.nspname = t.schema_name
        LEFT JOIN pg_roles r ON r.rolname = t.schema_name
), ours AS (
    SELECT n.nspname AS name, n.oid AS schema FROM pg_namespace n
    WHERE n.nspname = ANY (string_to_array(current_setting('leumund.schemas'), ','))
), serving AS (
    SELECT r.rolname AS name, r.oid AS role FROM pg_roles r
    WHERE r.rolname = ANY (string_to_array(current_setting('leumund.serving'), ','))
), home AS (
    SELECT name, schema, ARRAY[name::text] AS concerned FROM company WHERE schema IS NOT NULL
    UNION ALL SELECT name, schema, '{}' FROM ours
)
"""
_SCHEMA = re.compile(r"^CREATE SCHEMA (?:IF NOT EXISTS )?([a-z_]+)", re.MULTILINE)
_FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION ([a-z_.]+)\(")
_ROW_SECURITY = re.compile(r"ALTER TABLE ([a-z_.]+) ENABLE ROW LEVEL SECURITY")


class Question(NamedTuple):
    """``found`` asks for schemas, object, detail and mend of each hole; ``looked_at`` counts what was looked at."""

    name: str
    looked_at: str
    found: str


async def prepare(connection: asyncpg.Connection, server: Server) -> None:
    """Tell the transaction what the migrations say of our own schemas, and how long it may think."""
    home = roles.session("")
    del home["search_path"]
    told = {
        "statement_timeout": LONGEST_QUESTION,
        "leumund.schemas": ",".join(schemas()),
        "leumund.fenced": ",".join(sorted(_named_in_migrations(_ROW_SECURITY))),
        "leumund.functions": ",".join(_functions()),
        "leumund.extensions": ",".join(_EXTENSIONS),
        "leumund.serving": ",".join(server.serving_roles),
        "leumund.session": ",".join(f"{name}={value}" for name, value in home.items()),
    }
    for name, value in told.items():
        await connection.execute("SELECT set_config($1, $2, true)", name, value)


def schemas() -> list[str]:
    """The platform's own schemas: the first is made before all migrations, the others by them."""
    return ["platform", *sorted(_named_in_migrations(_SCHEMA) - {"platform"})]


async def ask(connection: asyncpg.Connection, question: Question) -> Check:
    """One question and its answer."""
    rows = await connection.fetch(_SPEAKING + question.found)
    looked_at = await connection.fetchval(_SPEAKING + question.looked_at)
    return Check(name=question.name, looked_at=looked_at, findings=tuple(_finding(row) for row in rows))


async def fetch(connection: asyncpg.Connection, sql: str) -> Sequence[asyncpg.Record]:
    """Rows of a question whose answer is judged outside the database."""
    return list(await connection.fetch(_SPEAKING + sql))


def _finding(row: asyncpg.Record) -> Finding:
    return Finding(schemas=tuple(row["schemas"]), object=row["object"], detail=row["detail"] or "", mend=row["mend"])


def _functions() -> list[str]:
    """What the migrations make, by its name with its schema; the platform's own goes without saying in them."""
    return sorted(name if "." in name else f"platform.{name}" for name in _named_in_migrations(_FUNCTION))


def _named_in_migrations(pattern: re.Pattern[str]) -> set[str]:
    return {name for migration in migrating.history("platform") for name in pattern.findall(migration.script)}
