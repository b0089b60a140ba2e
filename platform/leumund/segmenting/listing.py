"""List segments with how many are in them, who is in one, and how it went day by day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.customers.records.naming import Named
from leumund.customers.segments import evaluating, reading
from leumund.customers.segments.reading import Kept
from leumund.kit import cursors, ground
from leumund.kit.cursors import BadCursor, Page

_DAYS = 30
_DAY = "day_date, members, came, went"
_LATEST = f"""
SELECT going.id AS segment, {_DAY} FROM (SELECT id FROM segment WHERE ended_at IS NULL) going CROSS JOIN LATERAL (
    SELECT {_DAY} FROM segment_course WHERE segment = going.id ORDER BY day_date DESC LIMIT 1
) latest
"""  # noqa: S608 - ours alone
_COURSE = f"""
SELECT {_DAY} FROM segment_course WHERE segment = $1 ORDER BY day_date DESC LIMIT $2
"""  # noqa: S608 - ours alone
# Some at a time in the order the index has them, which says nothing of anybody, so that a page costs the same however
# many follow; hardly any of them may be found no longer.
_MEMBERS = """
SELECT c.id, c.created_at, m.since_date, c.language, {person},
    c.held IS NULL AND (NOT s.evaluates OR ({evaluable})) AS found
FROM (
    SELECT segment, customer, since_date FROM segment_member
    WHERE segment = $1 AND ($2::uuid IS NULL OR customer > $2::uuid) ORDER BY customer LIMIT $3
) m
JOIN segment s ON s.id = m.segment JOIN customer c ON c.id = m.customer ORDER BY m.customer
"""
_HERE = "SELECT 1 FROM customer WHERE id = $1"
_SOME = 100


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """How many were in a segment on a day, and how many of them came or had gone."""

    day_date: date
    members: int
    came: int
    went: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A segment, and its latest day where it was worked out."""

    kept: Kept
    latest: Day | None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a segment, and since when."""

    id: UUID
    created_at: datetime
    since_date: date
    language: str | None
    named: Named


async def every() -> list[Line]:
    """All segments that have not ended: two queries."""
    latest = {row.pop("segment"): Day(**row) for row in await ground.fetch(_LATEST)}
    return [Line(kept=kept, latest=latest.get(kept.id)) for kept in await reading.every()]


async def course(*, segment: UUID) -> list[Day]:
    """Its latest days, the newest first."""
    return [Day(**row) for row in await ground.fetch(_COURSE, segment, _DAYS)]


async def members(*, segment: UUID, after: str | None = None, limit: int = 50) -> Page[Member]:
    """Who is in it and may be found at this moment, in no order that says anything.

    One query where it begins and two further on, hardly ever more. Raises BadCursor.
    """
    sql = _MEMBERS.format(person=naming.sealed("c", as_="person"), evaluable=evaluating.EVALUABLE_ONE)
    last, found, some = await _last(after), list[dict[str, Any]](), cursors.asked_for(limit) + _SOME
    while True:
        rows = await ground.fetch(sql, segment, last, some)
        found += [row for row in rows if row.pop("found")]
        if len(found) > limit or len(rows) < some:
            break
        last = rows[-1]["id"]
    people = [_member(row) for row in found[: limit + 1]]
    return cursors.cut(people, limit=limit, stands=lambda each: (each.created_at, each.id))


async def _last(after: str | None) -> UUID | None:
    """Whom the page before ended with. Raises BadCursor.

    The list goes by ids alone, so that any id would cut it somewhere: one of somebody who is not here it never said.
    """
    last = cursors.place(after).id
    if last is not None and not await ground.fetch(_HERE, last):
        raise BadCursor("errors.lists.cursor")
    return last


def _member(row: dict[str, Any]) -> Member:
    named = naming.take(row, as_="person")
    row.pop("person_id")
    return Member(**row, named=named)
