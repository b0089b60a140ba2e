"""Bring many customers in at once: every row is taken, or refused with its reason; nobody comes in twice."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from itertools import islice
from typing import Any

import msgspec

from leumund.customers import registering
from leumund.customers.registering import Record
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused

_CHUNK = 5_000
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
SELECT given.n, found.id FROM unnest($1::text[]) WITH ORDINALITY AS given (named, n)
JOIN customer found ON found.external_id = given.named
UNION
SELECT given.n, found.id FROM unnest($2::text[]) WITH ORDINALITY AS given (named, n)
JOIN customer found ON found.email = given.named
"""
_INSERT = f"""
INSERT INTO customer ({_NAMES}, source, created_at, updated_at)
SELECT external_id, email, coalesce(given_name, ''), coalesce(family_name, ''), phone, country, language, birth_date,
       customer_since_date, $10, $11, $11
FROM unnest({_ROWS}) AS given ({_NAMES})
"""  # noqa: S608 - names of ours alone
_UPDATE = f"""
UPDATE customer SET {", ".join(f"{name} = coalesce(given.{name}, customer.{name})" for name in _TYPES)},
    stage = 'customer', updated_at = $11
FROM unnest({_ROWS}, $10::uuid[]) AS given ({_NAMES}, id)
WHERE customer.id = given.id AND (customer.stage <> 'customer' OR {
    " OR ".join(f"given.{name} IS DISTINCT FROM coalesce(customer.{name}, given.{name})" for name in _TYPES)
})
"""  # noqa: S608 - names of ours alone


class RepeatedInFile(Refused):
    """The file names this person twice; the first row counts."""


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not taken: its number in the file (the header is row 1), the field, and the sentence's key."""

    number: int
    field: str
    key: str
    values: dict[str, Any]


class Report(msgspec.Struct, kw_only=True):
    """What became of a file's rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = []


class _Names:
    """Who the file has named so far."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def take(self, record: Record) -> None:
        """Raises RepeatedInFile."""
        for field in ("external_id", "email"):
            value = getattr(record, field)
            if value is not None and (field, value) in self._seen:
                raise RepeatedInFile("errors.customers.repeated_in_file", field=field, value=value)
        self._seen |= {(field, value) for field in ("external_id", "email") if (value := getattr(record, field))}


async def import_rows(
    rows: Iterable[Mapping[str, object]], *, source: str, dry_run: bool, at: datetime, default_country: str = "DE"
) -> Report:
    """Take every good row and report every bad one; with ``dry_run`` the same report and nothing kept.

    Rows are ``{field: value}`` as reading gives them. A person is found by external id or e-mail and then updated;
    a row that names two different people is refused.
    """
    report, names = Report(refused=[]), _Names()
    numbered = enumerate(rows, 2)
    while chunk := list(islice(numbered, _CHUNK)):
        good = list(_good(chunk, names, report, default_country))
        if good:
            await _store(good, source, dry_run, at, report)
    return report


def _good(
    chunk: list[tuple[int, Mapping[str, object]]], names: _Names, report: Report, default_country: str
) -> Iterator[tuple[int, Record]]:
    for number, row in chunk:
        try:
            record = registering.normal(_record(row), default_country=default_country)
            names.take(record)
        except Refusals as faults:
            report.refused.extend(_refused(number, fault) for fault in faults.faults)
        except Refused as fault:
            report.refused.append(_refused(number, fault))
        else:
            yield number, record


async def _store(good: list[tuple[int, Record]], source: str, dry_run: bool, at: datetime, report: Report) -> None:
    found: dict[int, set[Any]] = {}
    ids, emails = [r.external_id for _, r in good], [r.email for _, r in good]
    for row in await ground.fetch(_FIND, ids, emails):
        found.setdefault(row["n"] - 1, set()).add(row["id"])
    new, known = [], []
    for place, (number, record) in enumerate(good):
        people = found.get(place, set())
        if len(people) > 1:
            report.refused.append(
                RefusedRow(number=number, field="external_id", key="errors.customers.two_people", values={})
            )
        elif people:
            known.append((record, people.pop()))
        else:
            new.append(record)
    report.created += len(new)
    if not dry_run and new:
        await ground.execute(_INSERT, *_columns(new), source, at)
    if known:
        await _update(known, dry_run, at, report)


async def _update(known: list[tuple[Record, Any]], dry_run: bool, at: datetime, report: Report) -> None:
    arguments = (*_columns([record for record, _ in known]), [person for _, person in known], at)
    if dry_run:
        async with _undone():
            changed = await ground.execute(_UPDATE, *arguments)
    else:
        changed = await ground.execute(_UPDATE, *arguments)
    updated = int(changed.split()[-1])
    report.updated += updated
    report.unchanged += len(known) - updated


class _DryRun(Exception):
    """What a dry run did is undone by this."""


@asynccontextmanager
async def _undone() -> AsyncIterator[None]:
    with suppress(_DryRun):
        async with ground.savepoint():
            yield
            raise _DryRun


def _record(row: Mapping[str, object]) -> Record:
    return Record(**{name: _plain(value) for name, value in row.items() if name in _TYPES})


def _plain(value: object) -> Any:
    """A spreadsheet's cell as text, a date as it is: a customer number must not become 4711.0."""
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _columns(records: list[Record]) -> list[list[Any]]:
    return [[getattr(record, name) for record in records] for name in _TYPES]


def _refused(number: int, fault: Refused) -> RefusedRow:
    return RefusedRow(number=number, field=fault.field or "", key=fault.key, values=fault.values)
