"""Find customers: one by what names them, many by a text."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent import addressing
from leumund.customers.records import keeping, seeking
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.kit.faults import Unknown
from leumund.kit.personal import PersonKey

COLUMNS = (
    f"id, stage, external_id, {', '.join(keeping.SEALED)}, country, language, customer_since_date, source, created_at, "
    f"held, {personal.brought('customer.id')}"
)


class CustomerUnknown(Unknown):
    """Nobody here has this id."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as found; of one who ``is_gone`` nothing that was sealed can be read any more.

    ``held`` says of whom data rest or are about to go: ``holding`` has the reason.
    """

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
    held: str | None
    is_gone: bool

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


async def seen(*, customer: UUID) -> Person:
    """The person with this id, as long as their data neither rest nor are about to go. Raises CustomerUnknown."""
    person = await known(customer=customer)
    if person.held is not None:
        raise CustomerUnknown("errors.customers.unknown")
    return person


async def by_email(*, email: str) -> Person | None:
    """The person with this normalised address, or None."""
    return await _one("email_hash = $1", addressing.hashed(email))


async def address_hash(*, customer: UUID) -> str:
    """The keyed hash of the address this person has now: what was mailed there holds as long as they have it.

    Empty where they have none.
    """
    rows = await ground.fetch("SELECT coalesce(email_hash, '') AS address FROM customer WHERE id = $1", customer)
    address: str = rows[0]["address"] if rows else ""
    return address


async def birth_dates(*, customers: Collection[UUID]) -> dict[UUID, date]:
    """When each of ``customers`` was born, of whom it is known. One query."""
    rows = await ground.fetch(f"SELECT {COLUMNS} FROM customer WHERE id = ANY ($1::uuid[])", [*customers])  # noqa: S608
    people = [of_row(row) for row in rows]
    return {person.id: person.birth_date for person in people if person.birth_date is not None}


async def search(
    *, text: str = "", stage: str = "", after: str | None = None, limit: int = 50, resting: bool = False
) -> Page[Person]:
    """People of ``stage`` (lead, customer or all) whom ``text`` names, newest first. Raises BadCursor.

    Whose data rest or are about to go is among them only for whoever answers what such people ask for: ``resting``.
    """
    rows = await ground.fetch(
        f"SELECT {COLUMNS} FROM customer WHERE ($3 = '%' OR {seeking.NAMED}) AND ($4 = '' OR stage = $4) "  # noqa: S608
        "AND (held IS NULL OR ($8 AND held <> 'erased')) "
        "AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid)) "
        "ORDER BY created_at DESC, id DESC LIMIT $7",
        *await seeking.sought(text),
        stage,
        *cursors.place(after),
        cursors.asked_for(limit),
        resting,
    )
    return cursors.cut([of_row(row) for row in rows], limit=limit, stands=lambda person: (person.created_at, person.id))


def of_row(row: dict[str, Any]) -> Person:
    """The person of a row of ``customer`` with COLUMNS."""
    return with_key(row)[0]


def with_key(row: dict[str, Any]) -> tuple[Person, PersonKey]:
    """Like ``of_row``, and the key for whoever has more to say of them."""
    key = keeping.key_of(row)
    return Person(**keeping.told(row, key=key), is_gone=key.is_gone), key


async def _one(where: str, value: object) -> Person | None:
    rows = await ground.fetch(f"SELECT {COLUMNS} FROM customer WHERE {where}", value)  # noqa: S608
    return of_row(rows[0]) if rows else None
