"""Store many customers at once: who is known already, who is new, and what changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from leumund.customers.registering import Record
from leumund.kit import ground

_TYPES = {
    "external_id": "text",
    "email": "text",
    "given_name": "text",
    "family_name": "text",
    "phone": "text",
    "country": "text",
    "language": "text",
    "birth_date": "date",
    "customer_since_date": "date",
}
_NAMES = ", ".join(_TYPES)
_ROWS = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES.values(), 1))
_FIND = """
SELECT given.n - 1 AS place, found.id, found.external_id, found.email
FROM unnest($1::text[]) WITH ORDINALITY AS given (named, n) JOIN customer found ON found.external_id = given.named
UNION
SELECT given.n - 1, found.id, found.external_id, found.email
FROM unnest($2::text[]) WITH ORDINALITY AS given (named, n) JOIN customer found ON found.email = given.named
"""
_UPDATE = f"""
UPDATE customer SET {", ".join(f"{name} = coalesce(given.{name}, customer.{name})" for name in _TYPES)},
    stage = 'customer', updated_at = $11
FROM unnest({_ROWS}, $10::uuid[]) AS given ({_NAMES}, id)
WHERE customer.id = given.id AND (customer.stage <> 'customer' OR {
    " OR ".join(f"coalesce(given.{name}, customer.{name}) IS DISTINCT FROM customer.{name}" for name in _TYPES)
})
"""  # noqa: S608 - names of ours alone


class Found(NamedTuple):
    """A person as the table names them."""

    id: UUID
    external_id: str | None
    email: str | None


async def find(records: Sequence[Record]) -> dict[int, list[Found]]:
    """Whom each record names, by its place; two people where its external id and its address belong to two."""
    found: dict[int, list[Found]] = {}
    for row in await ground.fetch(_FIND, *(_column(records, name) for name in ("external_id", "email"))):
        found.setdefault(row.pop("place"), []).append(Found(**row))
    return found


async def insert(records: Sequence[Record], *, source: str, at: datetime) -> list[UUID]:
    """The new people's ids, in the order of ``records``."""
    ids = [uuid4() for _ in records]
    await ground.copy_rows(
        "customer",
        columns=("id", *_TYPES, "source", "created_at", "updated_at"),
        records=_lines(ids, records, source, at),
    )
    return ids


async def update(known: Sequence[tuple[Record, UUID]], *, at: datetime) -> int:
    """Say what is new of people who are known; how many of them changed."""
    records = [record for record, _ in known]
    columns = (_column(records, name) for name in _TYPES)
    changed = await ground.execute(_UPDATE, *columns, [person for _, person in known], at)
    return int(changed.split()[-1])


def _lines(ids: list[UUID], records: Sequence[Record], source: str, at: datetime) -> Iterable[tuple[object, ...]]:
    for person, record in zip(ids, records, strict=True):
        yield (
            person,
            record.external_id,
            record.email,
            record.given_name or "",
            record.family_name or "",
            record.phone,
            record.country,
            record.language,
            record.birth_date,
            record.customer_since_date,
            source,
            at,
            at,
        )


def _column(records: Sequence[Record], name: str) -> list[object]:
    return [getattr(record, name) for record in records]
