"""List the files of purchases a company has brought, newest first, and tell of one how far it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Unknown

_MOST = 20
_COLUMNS = """
id, state, row_count, position, taken, known, refused, given_back, kept_by, kept_at, begun_at, ended_at,
(SELECT count(*) FROM purchase_refusal r WHERE r.import = i.id) AS refusals
"""
_NEWEST = f"SELECT {_COLUMNS} FROM purchase_import i ORDER BY kept_at DESC, id DESC LIMIT {_MOST}"  # noqa: S608
_ONE = f"SELECT {_COLUMNS} FROM purchase_import i WHERE id = $1"  # noqa: S608


class ImportUnknown(Unknown):
    """There is no such import."""


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way in, or what became of it; of ``refusals`` refused rows the cells are still there."""

    id: UUID
    state: str
    row_count: int
    position: int
    taken: int
    known: int
    refused: int
    given_back: int
    kept_by: UUID
    kept_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    refusals: int

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def percent(self) -> int:
        return self.position * 100 // self.row_count


async def newest() -> Sequence[Import]:
    """The last few; one that is open is the first. One query."""
    return [Import(**row) for row in await ground.fetch(_NEWEST)]


async def one(*, purchase_import: UUID) -> Import:
    """One of them, in one query. Raises ImportUnknown."""
    rows: list[dict[str, Any]] = await ground.fetch(_ONE, purchase_import)
    if not rows:
        raise ImportUnknown("errors.purchases.import_unknown")
    return Import(**rows[0])
