"""Questions to the catalog over all companies at once, asked by the migration role in a transaction that reads alone.

Each is flat in the number of companies: no statement is sent for one company or one table.
"""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from leumund.tenancy import roles
from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import written
from leumund.tenancy.verifying.findings import Check, Finding

_LONGEST = "5min"
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


class Question(NamedTuple):
    """``found`` asks for schemas, object, detail and mend of each hole; ``looked_at`` counts what was looked at.

    Where ``found`` has a column ``noted``, that is true of what is told and is no finding.
    """

    name: str
    looked_at: str
    found: str


async def prepare(connection: asyncpg.Connection, server: Server, *, keepers: Sequence[str]) -> None:
    """Tell the transaction what the migrations say of our own schemas, who keeps the server, how long it may think."""
    home = roles.session("")
    del home["search_path"]
    told = {
        "statement_timeout": _LONGEST,
        "leumund.schemas": ",".join(written.schemas()),
        "leumund.fenced": ",".join(written.fenced()),
        "leumund.functions": ",".join(each.name for each in written.functions()),
        "leumund.extensions": ",".join(_EXTENSIONS),
        "leumund.keepers": ",".join(keepers),
        "leumund.serving": ",".join(server.serving_roles),
        "leumund.session": ",".join(f"{name}={value}" for name, value in home.items()),
    }
    for name, value in told.items():
        await connection.execute("SELECT set_config($1, $2, true)", name, value)


async def ask(connection: asyncpg.Connection, question: Question) -> Check:
    """One question and its answer."""
    rows = await connection.fetch(_SPEAKING + question.found)
    looked_at = await connection.fetchval(_SPEAKING + question.looked_at)
    noted, found = ([row for row in rows if row.get("noted", False) is so] for so in (True, False))
    return Check(
        name=question.name,
        looked_at=looked_at,
        findings=tuple(_finding(row) for row in found),
        notes=tuple(_finding(row) for row in noted),
    )


async def fetch(connection: asyncpg.Connection, sql: str) -> list[asyncpg.Record]:
    """Rows of a question whose answer is judged outside the database."""
    return list(await connection.fetch(_SPEAKING + sql))


def _finding(row: asyncpg.Record) -> Finding:
    return Finding(schemas=tuple(row["schemas"]), object=row["object"], detail=row["detail"] or "", mend=row["mend"])
