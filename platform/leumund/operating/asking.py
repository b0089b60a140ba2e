"""Ask a company for sight of some of its rooms; only its owner can say yes, and says so where no operator can write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import sight
from leumund.kit.faults import Refused, Unknown
from leumund.kit.sight import Asked
from leumund.operating import noting
from leumund.operating.noting import About
from leumund.operating.office import Desk
from leumund.operating.watching import Company
from leumund.tenancy.directory import State

SHORTEST_REASON, LONGEST_REASON = 10, 500
# Each one is a mail to every owner.
MOST_A_DAY = 10
_SHOWN = 50
_ASK = """
INSERT INTO support_request (id, tenant, operator, operator_email, reason, rooms, hours, asked_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE (SELECT count(*) FROM support_request WHERE tenant = $2 AND asked_at > $9) < $10 RETURNING id
"""
_WITHDRAW = """
UPDATE support_request SET withdrawn_at = $4
WHERE id = $1 AND tenant = $2 AND operator = $3 AND withdrawn_at IS NULL RETURNING id
"""
_EVERY = """
SELECT id, operator, operator_email, reason, rooms, hours, asked_at, withdrawn_at FROM support_request
WHERE tenant = $1 ORDER BY asked_at DESC, id LIMIT $2
"""


class NoReason(Refused):
    """Nobody could say yes to this: there is no reason, or one that nobody reads to its end."""


class NotOpen(Refused):
    """The company is served to nobody, so that its owner can neither grant nor end anything."""


class TooMany(Refused):
    """This company was asked often enough today."""


class RequestUnknown(Unknown):
    """Nobody of this name asked so, or it was withdrawn."""


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A request, and whether it was taken back."""

    asked: Asked
    withdrawn_at: datetime | None

    def waits(self, at: datetime) -> bool:
        """Whether it may be answered, unless it was already."""
        return self.withdrawn_at is None and self.asked.asked_at > at - sight.WAITS


def check(*, reason: str, rooms: Sequence[str], hours: int) -> None:
    """Nothing, when an owner could answer this. Raises NoReason, NoRooms, NoHours."""
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise NoReason("errors.support.no_reason", field="reason", shortest=SHORTEST_REASON, longest=LONGEST_REASON)
    sight.check(rooms=rooms, hours=hours)


async def ask(desk: Desk, *, company: Company, asked: Asked) -> None:
    """Keep what was asked of ``company``. Raises NoReason, NoRooms, NoHours, NotOpen, TooMany."""
    check(reason=asked.reason, rooms=asked.rooms, hours=asked.hours)
    if company.state is not State.OPEN:
        raise NotOpen("errors.support.not_open", field="form")
    today = asked.asked_at - timedelta(days=1)
    row = (asked.id, company.id, asked.operator, asked.operator_email, asked.reason, asked.rooms, asked.hours)
    if not await desk.connection.fetch(_ASK, *row, asked.asked_at, today, MOST_A_DAY):
        raise TooMany("errors.support.too_many", field="form", most=MOST_A_DAY)
    about = About(tenant=company.id, slug=company.slug, subject=asked.id)
    await noting.note(
        desk.connection, actor=f"operator:{asked.operator}", action="support.requested", at=asked.asked_at, about=about
    )


async def withdraw(desk: Desk, *, company: Company, request: UUID, operator: UUID, at: datetime) -> None:
    """Take a request of one's own back before it is answered. Raises RequestUnknown."""
    if not await desk.connection.fetch(_WITHDRAW, request, company.id, operator, at):
        raise RequestUnknown("errors.support.request_unknown")
    about = About(tenant=company.id, slug=company.slug, subject=request)
    await noting.note(desk.connection, actor=f"operator:{operator}", action="support.withdrawn", at=at, about=about)


async def hand_back(desk: Desk, *, company: Company, request: UUID, operator: UUID, at: datetime) -> None:
    """Note that ``operator`` looks no more, though they could; that it ended stands in the company's own rows."""
    about = About(tenant=company.id, slug=company.slug, subject=request)
    await noting.note(desk.connection, actor=f"operator:{operator}", action="support.handed_back", at=at, about=about)


async def every(desk: Desk, *, company: Company) -> list[Filed]:
    """The newest requests to ``company``, whoever asked."""
    return [filed(dict(row)) for row in await desk.connection.fetch(_EVERY, company.id, _SHOWN)]


def filed(row: dict[str, Any]) -> Filed:
    """A row of the table, with all its columns but the company."""
    return Filed(withdrawn_at=row.pop("withdrawn_at"), asked=Asked(**row))
