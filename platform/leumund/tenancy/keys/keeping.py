"""A company's wrapped keys as they lie beside the directory: kept when it comes, read by whoever takes them on."""

from collections.abc import Sequence
from uuid import UUID

from leumund.kit.ground import Connection
from leumund.tenancy.keys.wrapping import Wrapped

_KEEP = """
INSERT INTO platform.company_key (tenant, purpose, version, wrapped, master, writes_at) VALUES ($1, $2, $3, $4, $5, $6)
"""
_HELD = """
SELECT purpose, version, wrapped, master, writes_at FROM platform.company_key WHERE tenant = $1
ORDER BY purpose, version
"""


async def keep(connection: Connection, tenant: UUID, made: Sequence[Wrapped]) -> None:
    """Put the keys of a company that nobody has looked up yet beside the directory."""
    rows = [(tenant, key.purpose, key.version, key.wrapped, key.master, key.writes_at) for key in made]
    await connection.executemany(_KEEP, rows)


async def held(connection: Connection, tenant: UUID) -> tuple[Wrapped, ...]:
    """All keys of a company by purpose, the newest of each last; none where it has left."""
    return tuple(Wrapped(**dict(row)) for row in await connection.fetch(_HELD, tenant))
