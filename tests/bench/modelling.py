"""Django models with as many tables, columns, indexes and foreign keys as a company of ours has, read from the catalog.

Checks, defaults, conditions and expressions of indexes, and grants are left out: less work for the other side. So are
foreign keys of columns that are a primary key together: Django adds those of a circle after the table, and has then
none of the key's columns.
"""

from collections.abc import Iterator

import asyncpg

_COLUMNS = """
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, NOT a.attnotnull AS nullable
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum
"""
_INDEXES = """
SELECT c.relname AS table, i.indisprimary AS primary, i.indisunique AS unique, ARRAY(
    SELECT a.attname::text FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY k.place) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = $1::text::regnamespace ORDER BY c.relname, i.indexrelid
"""
_KEYS = """
SELECT c.relname AS table, a.attname AS column, f.relname AS other
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND c.relnamespace = $1::text::regnamespace
"""
_COUNTS = """
SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid AND relkind = 'r'),
    (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid AND relkind = 'i'),
    (SELECT count(*) FROM pg_constraint WHERE connamespace = n.oid AND contype = 'f')
FROM pg_namespace n WHERE nspname = $1
"""
_FIELDS = {
    "uuid": "UUIDField(",
    "smallint": "SmallIntegerField(",
    "integer": "IntegerField(",
    "bigint": "BigIntegerField(",
    "boolean": "BooleanField(",
    "jsonb": "JSONField(",
    "bytea": "BinaryField(",
    "date": "DateField(",
    "timestamp with time zone": "DateTimeField(",
    "numeric": "DecimalField(max_digits=12, decimal_places=10, ",
}
# Whatever else there is costs as much as text.
_TEXT = "TextField("


async def counts(connection: asyncpg.Connection, schema: str) -> str:
    """How many tables, indexes and foreign keys are in ``schema``."""
    tables, indexes, keys = await connection.fetchrow(_COUNTS, schema)
    return f"{tables} tables, {indexes} indexes, {keys} foreign keys"


async def models(connection: asyncpg.Connection, schema: str) -> str:
    """The text of a ``models.py`` for ``schema``."""
    columns = await connection.fetch(_COLUMNS, schema)
    indexes = await connection.fetch(_INDEXES, schema)
    keys = {(row["table"], row["column"]): row["other"] for row in await connection.fetch(_KEYS, schema)}
    lines = ["from django.db import models"]
    for table in dict.fromkeys(row["table"] for row in columns):
        mine = [row for row in indexes if row["table"] == table]
        lines += _model(table, [row for row in columns if row["table"] == table], mine, keys)
    return "\n".join(lines) + "\n"


def _model(
    table: str, columns: list[asyncpg.Record], indexes: list[asyncpg.Record], keys: dict[tuple[str, str], str]
) -> Iterator[str]:
    primary = next(row["columns"] for row in indexes if row["primary"])
    yield f"class {_class(table)}(models.Model):"
    if len(primary) > 1:
        yield f"    pk = models.CompositePrimaryKey({', '.join(repr('f_' + name) for name in primary)})"
    for row in columns:
        yield f"    f_{row['name']} = models.{_field(row, keys.get((table, row['name'])), primary)}"
    yield "    class Meta:"
    yield f"        db_table = '{table}'"
    yield "        indexes = [" + ", ".join(_indexes(table, columns, indexes, unique=False)) + "]"
    yield "        constraints = [" + ", ".join(_indexes(table, columns, indexes, unique=True)) + "]"


def _field(row: asyncpg.Record, other: str | None, primary: list[str]) -> str:
    rest = f"db_column='{row['name']}', null={row['nullable']}"
    if [row["name"]] == primary:
        rest += ", primary_key=True"
    if other is not None and not (len(primary) > 1 and row["name"] in primary):
        key = f"ForeignKey('{_class(other)}', models.DO_NOTHING, related_name='+', "
        return f"{key}db_index=False, {rest})"
    return f"{_FIELDS.get(row['type'], _TEXT)}{rest})"


def _indexes(
    table: str, columns: list[asyncpg.Record], indexes: list[asyncpg.Record], *, unique: bool
) -> Iterator[str]:
    kind = "UniqueConstraint" if unique else "Index"
    for number, row in enumerate(indexes):
        if not row["primary"] and row["unique"] == unique:
            # An index of expressions alone becomes one of a column.
            fields = ["f_" + name for name in row["columns"] or [columns[0]["name"]]]
            yield f"models.{kind}(fields={fields}, name='{table[:24]}_{number}')"


def _class(table: str) -> str:
    return table.title().replace("_", "")
