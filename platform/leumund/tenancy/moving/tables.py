"""The tables of a company, those that others refer to first.

They are found by what depends on the schema, over an index: the catalog of a server with thousands of companies takes
no longer to ask than that of one.
"""

from graphlib import TopologicalSorter
from typing import NamedTuple

from leumund.kit.ground import Connection

# Sessions end with the place they were begun at, and which modes of money there are is settled where a company is made.
_ENDING, _SETTLED = "_session", "money_mode"
_TABLES = """
SELECT c.relname::text AS name,
    ARRAY(SELECT attname::text FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns,
    ARRAY(SELECT DISTINCT t.relname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS referred,
    EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attidentity <> '') AS numbered
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = $1::text::regnamespace
    AND d.classid = 'pg_class'::regclass AND d.deptype = 'n' AND c.relkind IN ('r', 'p')
ORDER BY c.relname
"""


class Columns(NamedTuple):
    """A table and those of its columns that hold what somebody wrote."""

    name: str
    columns: tuple[str, ...]

    @property
    def is_ending(self) -> bool:
        """Whether its rows stay behind."""
        return self.name.endswith(_ENDING) or self.name == _SETTLED


async def of(connection: Connection, schema_name: str) -> list[Columns]:
    """Every table of ``schema_name``."""
    rows = {row["name"]: row for row in await connection.fetch(_TABLES, schema_name)}
    assert not any(row["numbered"] for row in rows.values()), "where a sequence stands is not carried along"
    order = TopologicalSorter({name: row["referred"] for name, row in rows.items()}).static_order()
    return [Columns(name, tuple(rows[name]["columns"])) for name in order]
