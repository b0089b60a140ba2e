"""The rows of a file of purchases: which column means what, and each row's cells as a person would write them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time

import msgspec

from leumund.customers.intake import columns
from leumund.customers.intake import reading as files
from leumund.customers.intake.columns import NoSuchColumn
from leumund.customers.intake.reading import IN_A_FORM, TooManyRows
from leumund.kit import spreadsheets
from leumund.kit.faults import Refusals

_HEADERS = {
    # Beside an order, what is only called an id is the order's.
    "external_id": (*(name for name in files.HEADERS["external_id"] if name != "id"), "kunde", "customer"),
    "email": files.HEADERS["email"],
    "order_id": (
        *("bestellnummer", "bestell-nr", "bestell-nr.", "bestellnr", "bestellnr.", "bestellung", "auftragsnummer"),
        *("auftrags-nr.", "auftrag", "rechnungsnummer", "order id", "order number", "order no", "order no.", "order"),
    ),
    "amount": (
        *("betrag", "summe", "gesamt", "gesamtbetrag", "gesamtsumme", "bruttobetrag", "umsatz", "preis"),
        *("amount", "total", "order total", "grand total", "price"),
    ),
    "currency": ("währung", "waehrung", "currency code"),
    "occurred_at": (
        *("datum", "kaufdatum", "bestelldatum", "bestellt am", "gekauft am", "zeitpunkt", "rechnungsdatum"),
        *("date", "order date", "purchase date", "ordered at", "purchased at", "created at"),
    ),
    "code": ("empfehlungscode", "empfehlungs-code", "referral code", "recommendation code"),
    "click_token": ("klick-token", "klicktoken", "click token", "leumund"),
    "conditions_shown": ("bedingungen gezeigt", "conditions shown"),
    "refunded": (
        *("erstattet", "erstattung", "erstatteter betrag", "rückerstattung", "refund", "amount refunded"),
        *("refunded amount", "total refunded"),
    ),
}
FIELDS = tuple(_HEADERS)
NEEDED = ("order_id", "amount", "occurred_at")
# Sums that a spreadsheet worked out are off by less than this.
_NOTHING = 1e-6


class Line(msgspec.Struct, frozen=True, array_like=True):
    """A row as it stands in the file: its number there, the header being row 1, and its cells by FIELDS."""

    number: int
    cells: list[str]


def guess(headers: Sequence[str]) -> dict[str, str]:
    """Which of ``headers`` means which field, where one can tell."""
    return columns.guess(headers, fields=_HEADERS)


def glimpse(content: bytes, *, rows: int) -> tuple[list[str], list[list[str]]]:
    """The headers of a file and its first ``rows`` that hold something, to choose a mapping by. Raises NotReadable."""
    headers, filled = files.glimpse(content, rows=rows)
    return headers, [[_cell(value) for value in row] for row in filled]


def lines(content: bytes, *, mapping: Mapping[str, str]) -> Iterator[Line]:
    """Each row that holds something, cut down to the columns of ``mapping``.

    Raises NotReadable, TooManyRows, NoSuchColumn, and Refusals with every column that is needed and missing.
    """
    headers, rows = files.numbered(content, limits=IN_A_FORM)
    places = columns.places(headers, mapping=mapping, fields=_HEADERS)
    faults = [NoSuchColumn("errors.purchases.column_needed", field=field) for field in NEEDED if field not in places]
    if not {"external_id", "email"} & places.keys():
        faults.append(NoSuchColumn("errors.customers.no_naming_column", field="external_id"))
    if faults:
        raise Refusals(faults)
    wanted = [places.get(field) for field in FIELDS]
    for count, (number, values) in enumerate(rows, 1):
        if count > IN_A_FORM.rows:
            raise TooManyRows("errors.customers.too_many_rows", field="file", most=IN_A_FORM.rows)
        cells = [_cell(values[place]) if place is not None and place < len(values) else "" for place in wanted]
        if any(cells):
            yield Line(number, cells)


def _cell(value: object) -> str:
    """A cell as a person would write it: a spreadsheet knows no 4711 but 4711.0, and no day but its midnight."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float):
        return _number(value)
    return "" if value is None else spreadsheets.meant(str(value)).replace("\0", "").strip()


def _number(value: float) -> str:
    if abs(value - round(value)) < _NOTHING:
        return str(round(value))
    # Of more than two decimals one sees all: three could be taken for a thousand.
    return f"{value:.2f}" if abs(value - round(value, 2)) < _NOTHING else f"{value:.6f}"
