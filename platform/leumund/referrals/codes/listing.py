"""Codes people chose, the newest first, with whose they are: for whoever of the company looks after them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.kit.sealing import Column
from leumund.referrals.codes.taking_down import NoSuchCode

_SPELLED, _REASON = Column("share_code", "spelled_sealed"), Column("share_code", "reason_sealed")
_COLUMNS = f"""
SELECT k.id, k.spelled_sealed, k.reason_sealed, k.made_at, k.taken_down_at, {personal.brought("l.advocate")} AS kept,
    {naming.sealed("c", as_="advocate")}
FROM share_code k JOIN share_link l ON l.id = k.link JOIN customer c ON c.id = l.advocate WHERE k.kind = 'chosen'
"""  # noqa: S608
_LISTED = f"""
{_COLUMNS} AND ($1::timestamptz IS NULL OR (k.made_at, k.id) < ($1, $2::uuid))
ORDER BY k.made_at DESC, k.id DESC LIMIT $3
"""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A code somebody chose, as it is spelled; ``reason`` is why it was taken down."""

    id: UUID
    spelled: str
    advocate: UUID
    name: str
    made_at: datetime
    taken_down_at: datetime | None
    reason: str


async def listed(*, after: str | None, limit: int) -> Page[Chosen]:
    """A page of them; one query. Raises BadCursor."""
    place = cursors.place(after)
    rows = await ground.fetch(_LISTED, place.at, place.id, cursors.asked_for(limit))
    return cursors.cut([_of(row) for row in rows], limit=limit, stands=lambda row: (row.made_at, row.id))


async def one(*, code: UUID) -> Chosen:
    """One that still leads somewhere. Raises NoSuchCode."""
    rows = await ground.fetch(f"{_COLUMNS} AND k.id = $1 AND k.taken_down_at IS NULL", code)
    if not rows:
        raise NoSuchCode("errors.codes.unknown")
    return _of(rows[0])


def _of(found: dict[str, Any]) -> Chosen:
    row = dict(found)
    named = naming.take(row, as_="advocate")
    key = personal.opened(row["kept"], person=row["advocate_id"])
    return Chosen(
        id=row["id"],
        spelled=_SPELLED.tell(row["spelled_sealed"], row["id"], key=key),
        advocate=row["advocate_id"],
        name=named.shown,
        made_at=row["made_at"],
        taken_down_at=row["taken_down_at"],
        reason=_REASON.tell(row["reason_sealed"], row["id"], key=key),
    )
