"""Write entries and link them to the log's chain, without one deed waiting for another."""

from collections.abc import Sequence

from leumund.audit import chaining
from leumund.audit.chaining import LOG, Entry
from leumund.kit import ground
from leumund.kit import linking as chain

_HEAD = chain.head_sql(LOG)
# The head is asked for in the same statement: most deeds note one thing.
_WRITE = f"""
WITH noted AS (
    INSERT INTO audit_entry (id, at, actor, action, subject, detail, changes)
    VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb) RETURNING {chaining.COLUMNS}
), head AS ({_HEAD})
SELECT {", ".join(f"noted.{name}" for name in Entry._fields)},
    {chain.FOUND}
FROM noted, head
"""  # noqa: S608
_WRITE_ALL = f"""
INSERT INTO audit_entry (id, at, actor, action, subject, detail, changes)
SELECT unnest($1::uuid[]), unnest($2::timestamptz[]), unnest($3::text[]), unnest($4::text[]), unnest($5::uuid[]),
    unnest($6::jsonb[]), unnest($7::jsonb[])
RETURNING {chaining.COLUMNS}
"""


async def write(entry: Entry) -> None:
    """Add ``entry`` to the log, and to the chain where its head is free."""
    (row,) = await ground.fetch(_WRITE, *entry)
    await chain.enter(LOG, [chaining.entry(row)], row)


async def write_all(entries: Sequence[Entry]) -> None:
    """As ``write`` does, with all of ``entries`` at once."""
    if entries:
        rows = await ground.fetch(_WRITE_ALL, *map(list, zip(*entries, strict=True)))
        await chain.enter(LOG, [chaining.entry(row) for row in rows], await chain.look(LOG))


async def link() -> None:
    """Link what waits, for a company in which nobody has done anything since."""
    await chain.link(LOG)
