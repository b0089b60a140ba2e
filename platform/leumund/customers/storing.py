"""Store many customers at once: who is known already, who is new, and what changes."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.consent import addressing
from leumund.customers import finding, keeping
from leumund.customers.finding import Person
from leumund.customers.keeping import Words
from leumund.customers.registering import Record
from leumund.kit import ground, turns

_TYPES = {
    "external_id": "text",
    "country": "text",
    "language": "text",
    "customer_since_date": "date",
    "email_hash": "text",
    **dict.fromkeys(keeping.SEALED, "bytea"),
    # One text for each row, such as {1,2}: unnest would make one list of all rows' numbers.
    "found_by": "text",
}
_NAMES = ", ".join(_TYPES)
_SAID = {name: f"given.{name}" for name in _TYPES} | {"found_by": "given.found_by::bigint[]"}
_ROWS = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES.values(), 3))
_FIND = f"""
SELECT {finding.COLUMNS}, email_hash FROM customer
WHERE external_id = ANY ($1::text[]) OR email_hash = ANY ($2::text[])
"""  # noqa: S608 - names of ours alone
# Whoever changes is read again under a lock, in one order; whoever does not is left to others while a file comes in.
_LOCK = f"SELECT {finding.COLUMNS} FROM customer WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608
_UPDATE = f"""
UPDATE customer SET {", ".join(f"{name} = coalesce({said}, customer.{name})" for name, said in _SAID.items())},
    stage = 'customer', updated_at = $2
FROM unnest($1::uuid[], {_ROWS}) AS given (id, {_NAMES}) WHERE customer.id = given.id
"""  # noqa: S608


async def find(records: Sequence[Record]) -> dict[int, list[Person]]:
    """Whom each record names, by its place; two people where its external id and its address belong to two."""
    numbers = [record.external_id for record in records]
    hashes = [record.email and addressing.hashed(record.email) for record in records]
    by_name: dict[tuple[str, str | None], Person] = {}
    async for row in turns.taken(await ground.fetch(_FIND, numbers, hashes)):
        address = row.pop("email_hash")
        person = finding.of_row(row)
        by_name |= {("number", person.external_id): person, ("address", address): person}
    found: dict[int, list[Person]] = {}
    if not by_name:
        return found
    for place, names in enumerate(zip(numbers, hashes, strict=True)):
        asked = [pair for pair in zip(("number", "address"), names, strict=True) if pair[1] is not None]
        people = {by_name[pair].id: by_name[pair] for pair in asked if pair in by_name}
        if people:
            found[place] = [*people.values()]
    return found


async def insert(records: Sequence[Record], *, source: str, words: Words, at: datetime) -> list[UUID]:
    """The new people's ids, in the order of ``records``; ``words`` are those of the whole file."""
    ids = [uuid4() for _ in records]
    people = zip(ids, records, strict=True)
    columns = ("id", *_TYPES, "source", "created_at", "updated_at")
    await ground.copy_rows("customer", columns=columns, records=_lines(people, words, (source, at, at)))
    return ids


async def update(known: Sequence[tuple[Record, Person]], *, words: Words, at: datetime) -> int:
    """Say what is new of people who were found; how many of them changed. What changes nothing is not sealed anew."""
    told = {person.id: record for record, person in known if _news(record, person) or person.stage != "customer"}
    if not told:
        return 0
    changed = []
    async for row in turns.taken(await ground.fetch(_LOCK, [*told])):
        person = finding.of_row(row)
        changed.append((person.id, _changed(person, _news(told[person.id], person), words)))
    columns = [[row.get(name) for _, row in changed] for name in _TYPES]
    await ground.execute(_UPDATE, [person for person, _ in changed], at, *columns)
    return len(changed)


def _news(record: Record, person: Person) -> dict[str, Any]:
    """What ``record`` tells that is not known yet."""
    return {name: value for name, value in _told(record).items() if value != getattr(person, name)}


def _changed(person: Person, news: dict[str, Any], words: Words) -> dict[str, Any]:
    columns = keeping.columns(person.id, news)
    if keeping.changes_found_by(news):
        numbers = keeping.found_by({**msgspec.structs.asdict(person), **news}, words)
        columns["found_by"] = "{" + ",".join(map(str, numbers)) + "}"
    return columns


async def _lines(
    people: Iterable[tuple[UUID, Record]], words: Words, rest: tuple[object, ...]
) -> AsyncIterator[tuple[object, ...]]:
    async for person, record in turns.taken(people):
        told = _told(record)
        columns = keeping.columns(person, told) | {"found_by": keeping.found_by(told, words)}
        yield (person, *map(columns.get, _TYPES), *rest)


def _told(record: Record) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(record).items() if value is not None}
