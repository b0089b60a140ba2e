"""Collect all that is stored of one person, table by table as the register has it: as many queries as it has tables.

What another person alone may learn of a row both stand in stays away (Art. 15(4) GDPR).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground, personal
from leumund.kit.personal import HEAD, PersonKey
from leumund.kit.sealing import Column
from leumund.privacy import register
from leumund.privacy.register import Path, Table

Value = str | int | float | bool | Decimal | date | datetime | UUID | dict[str, Any] | list[Any] | None
# Columns of JSON that a person is shown.
STRUCTURED = ("evidence", "marks", "attributes")
_SEALED = "_sealed"
_ROLE = "told_as"


class Row(msgspec.Struct, frozen=True):
    """One row by what a person calls its columns; ``role`` is whose part of two they have in it, else empty."""

    role: str
    values: Mapping[str, Value]


async def collect(*, customer: UUID) -> dict[str, list[Row]]:
    """The rows of ``customer``, opened, by table; a table without any is not in it."""
    key = (await personal.keys(people=[customer])).get(customer)
    found = {}
    for name, table in register.read().of_people.items():
        if table.shown and (rows := await ground.fetch(_query(name, table), customer)):
            # What is about two people lies under a key of its own.
            own = await personal.keys(people=[row["id"] for row in rows]) if table.only else {}
            found[name] = [_row(name, table, row, own.get(row["id"]) if table.only else key) for row in rows]
    return found


def called(column: str) -> str:
    """What a column is called for people: without saying how it is kept."""
    return column.removesuffix(_SEALED)


def _query(name: str, table: Table) -> str:
    columns = list(dict.fromkeys([*_needed(table), *table.shown]))
    lines = [_select(name, table, path, columns) for path in table.paths]
    moments = [place for place, column in enumerate(columns, 1) if column == "at" or column.endswith(("_at", "_date"))]
    return f"{' UNION ALL '.join(lines)} ORDER BY {moments[0] if moments else 1}"


def _select(name: str, table: Table, path: Path, columns: Iterable[str]) -> str:
    role = path.column if len(table.people) > 1 else ""
    which = " AND ".join([path.sql, *([f"({table.told})"] if table.told else [])])
    return f"SELECT {', '.join(columns)}, '{role}' AS {_ROLE} FROM {name} WHERE {which}"  # noqa: S608 - ours alone


def _needed(table: Table) -> list[str]:
    """A seal names its row."""
    return ["id"] if any(column.endswith(_SEALED) for column in table.shown) else []


def _row(name: str, table: Table, row: dict[str, Any], key: PersonKey | None) -> Row:
    role = row[_ROLE]
    others = {column for person, columns in table.only.items() if person != role for column in columns}
    told = {called(column): _opened(name, column, row, key) for column in table.shown if column not in others}
    return Row(role, told)


def _opened(name: str, column: str, row: dict[str, Any], key: PersonKey | None) -> Value:
    value: Value | bytes = row[column]
    if isinstance(value, bytes):
        return _unsealed(Column(name, column), value, row["id"], key)
    if column in STRUCTURED and isinstance(value, str):
        decoded: dict[str, Any] = msgspec.json.decode(value)
        return decoded
    return value


def _unsealed(column: Column, sealed: bytes, row: UUID, key: PersonKey | None) -> str | None:
    """Under the person's own key, which may be gone, or under the company's."""
    if not sealed.startswith(HEAD):
        return column.unseal(sealed, row)
    return column.unseal(sealed, row, key=key) if key else None
