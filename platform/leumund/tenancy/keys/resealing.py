"""A new data key takes over in one company: every sealed value is opened and sealed anew, some rows at a time.

The migration role does it, for there are rows nobody else may change. A sealed column is one named ``<what>_sealed`` in
a table whose key is ``id``; the catalog knows them all, so none can be forgotten. What lies under the key of a person
stays as it is: only that key is sealed anew, so a turn costs a row a person, however much is kept of them.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from leumund.kit.personal import HEAD
from leumund.kit.sealing import Column
from leumund.kit.vaults import Vault

_ROWS_AT_ONCE = 500
# Found over an index by what depends on the schema: the catalog of a whole fleet is long to read for each company.
_COLUMNS = """
SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_attribute a ON a.attrelid = c.oid
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = $1::text::regnamespace
  AND d.classid = 'pg_class'::regclass AND d.deptype = 'n' AND c.relkind = 'r'
  AND a.attname LIKE '%\\_sealed' AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped
GROUP BY c.relname ORDER BY c.relname
"""
_FIRST_ID = UUID(int=0)


async def reseal(connection: asyncpg.Connection, *, schema_name: str, vault: Vault) -> int:
    """Seal with the vault's writing key whatever of ``schema_name`` is not; how many rows were not.

    Each batch is a transaction of its own: whoever stops half way begins again. Raises vaults.KeyMissing.
    """
    resealed = 0
    for row in await connection.fetch(_COLUMNS, schema_name):
        resealed += await _table(connection, schema_name, row["table"], row["columns"], vault)
    return resealed


async def _table(
    connection: asyncpg.Connection, schema_name: str, table: str, columns: Sequence[str], vault: Vault
) -> int:
    select, update = _statements(schema_name, table, columns)
    resealed, last = 0, _FIRST_ID
    while True:
        async with connection.transaction():
            rows = await connection.fetch(select, last, vault.head, _ROWS_AT_ONCE, HEAD)
            if not rows:
                return resealed
            new = [[_anew(vault, Column(table, name), row) for row in rows] for name in columns]
            await connection.execute(update, [row["id"] for row in rows], *new)
        resealed, last = resealed + len(rows), rows[-1]["id"]


def _statements(schema_name: str, table: str, columns: Sequence[str]) -> tuple[str, str]:
    """What selects rows of ``table`` with a seal of another key, and what writes them; names are the catalog's own."""
    place = f'{schema_name}."{table}"'
    stale = " OR ".join(f'substring("{name}" FROM 1 FOR length($2::bytea)) <> ALL (ARRAY[$2, $4])' for name in columns)
    chosen = ", ".join(f'"{name}"' for name in columns)
    set_to = ", ".join(f'"{name}" = given."{name}"' for name in columns)
    arrays = ", ".join(f"${number}::bytea[]" for number in range(2, len(columns) + 2))
    return (
        f"SELECT id, {chosen} FROM {place} WHERE id > $1 AND ({stale}) ORDER BY id LIMIT $3 FOR UPDATE",  # noqa: S608
        f"UPDATE {place} AS kept SET {set_to} FROM unnest($1::uuid[], {arrays}) AS given (id, {chosen}) "  # noqa: S608
        "WHERE kept.id = given.id",
    )


def _anew(vault: Vault, column: Column, row: asyncpg.Record) -> bytes | None:
    sealed = row[column.name]
    if sealed is None or vault.is_current(sealed) or sealed.startswith(HEAD):
        return sealed if sealed is None else bytes(sealed)
    place = column.place(row["id"])
    return vault.seal(vault.unseal(sealed, place), place)
