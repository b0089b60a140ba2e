"""Find customers: one by what names them, many by how a name or address begins."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground

_COLUMNS = (
    "id, stage, external_id, email, given_name, family_name, phone, country, language, birth_date, "
    "customer_since_date, source, created_at"
)


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


class Cursor(msgspec.Struct, frozen=True):
    """Where the next page begins."""

    created_at: datetime
    id: UUID


async def by_id(*, customer: UUID) -> Person | None:
    """The person with this id, or None."""
    return await _one("id = $1", customer)


async def by_email(*, email: str) -> Person | None:
    """The person with this normalised address, or None."""
    return await _one("email = $1", email)


async def by_external_id(*, external_id: str) -> Person | None:
    """The person with the company's own number, or None."""
    return await _one("external_id = $1", external_id)


async def search(*, text: str = "", after: Cursor | None = None, limit: int = 50) -> list[Person]:
    """People whose address, number or name begins with ``text``, newest first."""
    prefix = _escaped(text.strip().lower()) + "%"
    rows = await ground.fetch(
        f"SELECT {_COLUMNS} FROM customer WHERE ($1 = '%' OR email LIKE $1 OR lower(family_name) LIKE $1 "  # noqa: S608
        "OR lower(given_name) LIKE $1 OR external_id = $2) "
        "AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4)) ORDER BY created_at DESC, id DESC LIMIT $5",
        prefix,
        text.strip(),
        after.created_at if after else None,
        after.id if after else None,
        limit,
    )
    return [Person(**row) for row in rows]


async def _one(where: str, value: object) -> Person | None:
    rows = await ground.fetch(f"SELECT {_COLUMNS} FROM customer WHERE {where}", value)  # noqa: S608
    return Person(**rows[0]) if rows else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
