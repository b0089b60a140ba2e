"""Read segments, and who is in them: for rooms that ask by the hundred thousand, and for one person.

Membership is worked out at night and before it is used. Whoever has since let their data rest, objected to being
evaluated or taken back their consent to it is passed over from that very moment, whatever the rows still say.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.segments import defining, evaluating
from leumund.customers.segments.defining import Definition
from leumund.kit import ground
from leumund.kit.faults import Unknown

_COLUMNS = (
    "s.id, s.key, s.name, s.purpose, s.version, s.definition, s.evaluates, s.shipped, s.changed_at, s.computed_at, "
    "s.ended_at"
)
_ALL = f"SELECT {_COLUMNS} FROM segment s WHERE s.ended_at IS NULL ORDER BY s.shipped DESC, s.name, s.id"  # noqa: S608
_ONE = f"SELECT {_COLUMNS} FROM segment s WHERE s.id = $1"  # noqa: S608

_OF_ONE = f"""
SELECT {_COLUMNS} FROM segment_member m JOIN segment s ON s.id = m.segment JOIN customer c ON c.id = m.customer
WHERE m.customer = $1 AND s.ended_at IS NULL AND c.held IS NULL AND (NOT s.evaluates OR ({evaluating.EVALUABLE_ONE}))
"""  # noqa: S608 - all ours


class SegmentUnknown(Unknown):
    """No segment of this company, or no longer one."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as it stands; its members are of ``computed_at``, None where nobody looked yet."""

    id: UUID
    key: str
    name: str
    purpose: str
    version: int
    definition: Definition
    evaluates: bool
    shipped: bool
    changed_at: datetime
    computed_at: datetime | None
    ended_at: datetime | None


async def known(*, segment: UUID) -> Kept:
    """The segment with this id, one that ended too. Raises SegmentUnknown."""
    rows = await ground.fetch(_ONE, segment)
    if not rows:
        raise SegmentUnknown("errors.segments.unknown")
    return of_row(rows[0])


async def every() -> list[Kept]:
    """All that have not ended, those that ship first."""
    return [of_row(row) for row in await ground.fetch(_ALL)]


def of_row(row: dict[str, Any]) -> Kept:
    """The segment of a row of ``segment``."""
    return Kept(**{**row, "definition": defining.read(row["definition"])})


def members_sql(segment: str, *, evaluates: bool) -> str:
    """The SQL of who is in the segment whose id stands at ``segment``, a place such as ``$1``, as rows of ``customer``.

    ``evaluates`` is what ``known`` says of it: then only who may be evaluated at that very moment is among them.
    """
    also = f"AND m.customer IN ({evaluating.EVALUABLE})" if evaluates else ""
    return (
        "SELECT m.customer FROM segment_member m JOIN customer c ON c.id = m.customer "  # noqa: S608 - all ours
        f"WHERE m.segment = {segment}::uuid AND c.held IS NULL {also}"
    )


async def is_in(*, segment: UUID, customer: UUID) -> bool:
    """Whether the customer is in it now."""
    return bool(await ground.fetch(f"{_OF_ONE} AND s.id = $2", customer, segment))


async def of_customer(*, customer: UUID) -> list[Kept]:
    """The segments the customer is in now."""
    return [of_row(row) for row in await ground.fetch(f"{_OF_ONE} ORDER BY s.name, s.id", customer)]
