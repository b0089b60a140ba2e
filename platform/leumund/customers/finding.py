"""Find customers: one by what names them, many by how a name or address begins."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.kit.faults import Unknown

_COLUMNS = (
    "id, stage, external_id, email, given_name, family_name, phone, country, language, birth_date, "
    "customer_since_date, source, created_at"
)

# How an address, a name or the company's number of a row of ``customer`` begins; $1 is a pattern made by ``beginning``.
NAMED = (
    "(email LIKE $1 OR lower(family_name) LIKE $1 OR lower(given_name || ' ' || family_name) LIKE $1 "
    "OR lower(external_id) LIKE $1)"
)


def full_name(customer: str) -> str:
    """The SQL of a person's name, empty where they told none; ``customer`` is what their row is called there."""
    return f"trim({customer}.given_name || ' ' || {customer}.family_name)"


def shown_name(customer: str) -> str:
    """The SQL of what the company's own eyes know a person by: a name, else the address, else the company's number."""
    return f"coalesce(nullif({full_name(customer)}, ''), {customer}.email, {customer}.external_id, '')"


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
    birth_date: Any
    customer_since_date: Any
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
    return await _one("email = $1", email)


async def search(*, text: str = "", stage: str = "", after: str | None = None, limit: int = 50) -> Page[Person]:
    """People of ``stage`` (lead, customer or all) whom ``text`` begins to name, newest first. Raises BadCursor."""
    rows = await ground.fetch(
        f"SELECT {_COLUMNS} FROM customer WHERE ($1 = '%' OR {NAMED}) AND ($2 = '' OR stage = $2) "  # noqa: S608
        "AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid)) "
        "ORDER BY created_at DESC, id DESC LIMIT $5",
        beginning(text),
        stage,
        *cursors.place(after),
        cursors.asked_for(limit),
    )
    people = [Person(**row) for row in rows]
    return cursors.cut(people, limit=limit, stands=lambda person: (person.created_at, person.id))


def beginning(text: str) -> str:
    """``text`` as the pattern that NAMED takes; what LIKE would read as a sign of its own stands for itself."""
    plain = " ".join(text.lower().split())
    return plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def _one(where: str, value: object) -> Person | None:
    rows = await ground.fetch(f"SELECT {_COLUMNS} FROM customer WHERE {where}", value)  # noqa: S608
    return Person(**rows[0]) if rows else None
