"""Store many customers at once: who is known already, who is new, and what changes."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import masking, noting
from leumund.consent import addressing
from leumund.customers.records import finding, keeping, registering
from leumund.customers.records.finding import Person
from leumund.customers.records.keeping import Words
from leumund.customers.records.registering import Record
from leumund.kit import ground, personal, turns
from leumund.kit.personal import Fresh, PersonKey

_TYPES = {
    "external_id": "text",
    "country": "text",
    "language": "text",
    "customer_since_date": "date",
    "email_hash": "text",
    "birth_day_hash": "text",
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
# Who was erased while we waited for their row is not among them: the key that came along is of a moment before.
_LOCK = f"""
SELECT {finding.COLUMNS} FROM customer WHERE id = ANY ($1::uuid[]) AND held IS DISTINCT FROM 'erased'
ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608
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
    made: dict[UUID, Fresh] = {}
    columns = ("id", *_TYPES, "source", "created_at", "updated_at")
    await ground.copy_rows("customer", columns=columns, records=_lines(records, made, words, (source, at, at)))
    await personal.keep(made)
    return [*made]


async def update(known: Sequence[tuple[Record, Person]], *, words: Words, actor: str, at: datetime) -> int:
    """Say what is new of people who were found; how many of them changed. What changes nothing is not sealed anew.

    Old and new are noted of each, masked, as ``actor``'s doing.
    """
    told = {person.id: record for record, person in known if _news(record, person) or person.stage != "customer"}
    if not told:
        return 0
    changed, noted = [], {}
    async for row in turns.taken(await ground.fetch(_LOCK, [*told])):
        person, key = finding.with_key(row)
        news = _news(told[person.id], person)
        changed.append((person.id, _changed(person, key, news, words)))
        noted[person.id] = masking.changes(msgspec.structs.asdict(person), news | {"stage": "customer"})
    columns = [[row.get(name) for _, row in changed] for name in _TYPES]
    await ground.execute(_UPDATE, [person for person, _ in changed], at, *columns)
    await noting.note_changes(actor=actor, action=registering.CHANGED, at=at, of=noted)
    return len(changed)


def _news(record: Record, person: Person) -> dict[str, Any]:
    """What ``record`` tells that is not known yet."""
    return {name: value for name, value in _told(record).items() if value != getattr(person, name)}


def _changed(person: Person, key: PersonKey, news: dict[str, Any], words: Words) -> dict[str, Any]:
    columns = keeping.columns(person.id, news, key=key)
    if keeping.changes_found_by(news):
        numbers = keeping.found_by({**msgspec.structs.asdict(person), **news}, words)
        columns["found_by"] = "{" + ",".join(map(str, numbers)) + "}"
    return columns


async def _lines(
    records: Iterable[Record], made: dict[UUID, Fresh], words: Words, rest: tuple[object, ...]
) -> AsyncIterator[tuple[object, ...]]:
    """Rows of new people, whose keys are in ``made`` once all are taken."""
    async for record in turns.taken(records):
        person, told = uuid4(), _told(record)
        key = made[person] = personal.fresh(person=person)
        columns = keeping.columns(person, told, key=key.key) | {"found_by": keeping.found_by(told, words)}
        yield (person, *map(columns.get, _TYPES), *rest)


def _told(record: Record) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(record).items() if value is not None}
