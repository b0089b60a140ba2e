"""Portability: what a person gave us, by consent or contract, for whoever they take it to (Art. 20 GDPR)."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import msgspec

from leumund.customers.records import finding
from leumund.kit import spreadsheets
from leumund.privacy import register
from leumund.privacy.copies import collecting
from leumund.privacy.copies.collecting import Value

SCHEMA = "leumund/portability/1"
_HEAD = ("table", "row", "field", "value")


class Ported(msgspec.Struct, frozen=True, kw_only=True):
    """What ``person`` gave, by table and row; fields that are empty are left out."""

    schema: str
    person: UUID
    at: datetime
    data: dict[str, list[dict[str, Value]]]


async def port(*, customer: UUID, at: datetime) -> Ported:
    """What ``customer`` provided. Raises CustomerUnknown."""
    await finding.known(customer=customer)
    known = register.read().tables
    data = {}
    for table, rows in (await collecting.collect(customer=customer)).items():
        provided = {collecting.called(column) for column in known[table].provided}
        kept: list[dict[str, Value]] = [
            {name: value for name, value in row.values.items() if name in provided and value is not None}
            for row in rows
        ]
        if any(kept):
            data[table] = kept
    return Ported(schema=SCHEMA, person=customer, at=at, data=data)


def as_json(ported: Ported) -> bytes:
    """The whole, to be read by a machine."""
    return msgspec.json.format(msgspec.json.encode(ported))


def as_csv(ported: Ported, *, language: str) -> bytes:
    """The same as lines of table, row, field and value, as a spreadsheet in ``language`` opens it."""
    return spreadsheets.csv_of(_HEAD, _lines(ported), language=language).encode()


def _lines(ported: Ported) -> Iterator[tuple[str, int, str, str]]:
    for table, rows in ported.data.items():
        for place, row in enumerate(rows, 1):
            for name, value in row.items():
                yield table, place, name, value.isoformat() if isinstance(value, date) else str(value)
