"""Find customers: one by what names them, many by a text."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent import addressing
from leumund.customers import keeping, seeking
from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.kit.faults import Unknown

COLUMNS = (
    f"id, stage, external_id, {', '.join(keeping.SEALED)}, country, language, customer_since_date, source, created_at"
)


class CustomerUnknown(Unknown):
    """Nobody here has this id."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as found."""

    id: UUID
    stage: str
    external_id: str | None
    email: str | None
    given_name: str
    family_name: str
    phone: str | None
    country: str | None
    language: str | None
    birth_date: date | None
    customer_since_date: date | None
    source: str
    created_at: datetime

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


async def by_id(*, customer: UUID) -> Person | None:
    """The person with this id, or None."""
    return await _one("id = $1", customer)


async def known(*, customer: UUID) -> Person:
    """The person with this id. Raises CustomerUnknown."""
    person = await by_id(customer=customer)
    if person is None:
        raise CustomerUnknown("errors.customers.unknown")
    return person


async def by_email(*, email: str) -> Person | None:
    """The person with this normalised address, or None."""
    return await _one("email_hash = $1", addressing.hashed(email))


async def search(*, text: str = "", stage: str = "", after: str | None = None, limit: int = 50) -> Page[Person]:
    """People of ``stage`` (lead, customer or all) whom ``text`` names, newest first. Raises BadCursor."""
    rows = await ground.fetch(
        f"SELECT {COLUMNS} FROM customer WHERE ($3 = '%' OR {seeking.NAMED}) AND ($4 = '' OR stage = $4) "  # noqa: S608
        "AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid)) "
        "ORDER BY created_at DESC, id DESC LIMIT $7",
        *await seeking.sought(text),
        stage,
        *cursors.place(after),
        cursors.asked_for(limit),
    )
    return cursors.cut([of_row(row) for row in rows], limit=limit, stands=lambda person: (person.created_at, person.id))


def of_row(row: dict[str, Any]) -> Person:
    """The person of a row with COLUMNS."""
    return Person(**keeping.told(row))


async def _one(where: str, value: object) -> Person | None:
    rows = await ground.fetch(f"SELECT {COLUMNS} FROM customer WHERE {where}", value)  # noqa: S608
    return of_row(rows[0]) if rows else None
