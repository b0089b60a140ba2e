"""Read customers from CSV and XLSX: the columns of a file, mapped to what we know of a person."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from leumund.kit.faults import Refused

FIELDS = (
    "external_id",
    "email",
    "given_name",
    "family_name",
    "phone",
    "country",
    "language",
    "birth_date",
    "customer_since_date",
    "survey_consent",
    "recommendation_consent",
)
MOST_BYTES = 50_000_000
# A sheet is read row by row; the list of its texts is held whole, and each weighs more there than in the file.
_MOST_UNPACKED_BYTES = 500_000_000
_MOST_UNPACKED_TEXT_BYTES = 100_000_000
_TEXTS = "sharedstrings"
_MOST_COLUMNS = 200
_HEADERS = {
    "external_id": ("external id", "kundennummer", "kunden-nr", "kundennr", "customer id", "customer number", "id"),
    "email": ("e-mail", "e-mail-adresse", "email address", "mail"),
    "given_name": ("given name", "first name", "vorname"),
    "family_name": ("family name", "last name", "nachname", "surname", "name"),
    "phone": ("telefon", "telefonnummer", "phone number", "mobil", "mobile"),
    "country": ("land",),
    "language": ("sprache",),
    "birth_date": ("birth date", "date of birth", "geburtsdatum", "geburtstag", "birthday"),
    "customer_since_date": ("customer since", "kunde seit"),
    "survey_consent": ("einwilligung umfrage", "consent survey"),
    "recommendation_consent": ("einwilligung empfehlung", "consent recommendation"),
}

Row = dict[str, object]


class NotReadable(Refused):
    """Neither a CSV nor an XLSX file we can read."""


class NoSuchColumn(Refused):
    """The mapping names a column the file does not have."""


def read(content: bytes, *, mapping: Mapping[str, str] | None = None) -> Iterator[Row]:
    """Each row as ``{field: value}``; ``mapping`` gives the column of a field, guessed by its header where it does not.

    A field mapped to an empty column is left out.

    Raises NotReadable, NoSuchColumn.
    """
    headers, table = _opened(content)
    places = _places(headers, mapping or {})
    for values in table:
        yield {field: values[place] for field, place in places.items() if place < len(values)}


def glimpse(content: bytes, *, rows: int) -> tuple[list[str], list[list[object]]]:
    """The headers of a file and its first ``rows`` as they stand there, to choose a mapping by. Raises NotReadable."""
    headers, table = _opened(content)
    return headers, [list(values) for values in islice(table, rows)]


def guess(headers: Sequence[str]) -> dict[str, str]:
    """Which of ``headers`` means which field, where one can tell."""
    plain = {header.strip().casefold().replace("_", " "): header for header in reversed(headers)}
    guesses = {}
    for field in FIELDS:
        names = (field.replace("_", " "), *_HEADERS[field])
        found = next((plain[name] for name in names if name in plain), None)
        if found is not None:
            guesses[field] = found
    return guesses


def _opened(content: bytes) -> tuple[list[str], Iterator[Sequence[object]]]:
    if len(content) > MOST_BYTES:
        raise NotReadable("errors.customers.file_too_large", field="file")
    table = _sheet(content) if content.startswith(b"PK") else _csv(content)
    return [str(value or "").strip() for value in next(table, [])][:_MOST_COLUMNS], table


def _places(headers: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    wished = {field: column for field, column in (guess(headers) | dict(mapping)).items() if column}
    for field, column in wished.items():
        if column not in headers:
            raise NoSuchColumn("errors.customers.no_such_column", field=field, column=column)
    if not {"external_id", "email"} & wished.keys():
        raise NoSuchColumn("errors.customers.no_naming_column", field="email")
    return {field: headers.index(column) for field, column in wished.items()}


def _csv(content: bytes) -> Iterator[Sequence[object]]:
    try:
        content.decode("utf-8")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        # What Excel writes on German machines.
        encoding = "cp1252"
    if b"\0" in content:
        raise NotReadable("errors.customers.not_readable", field="file")
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")
    first = text.readline()
    text.seek(0)
    delimiter = max(";,\t", key=first.count)
    try:
        yield from csv.reader(text, delimiter=delimiter, strict=True)
    except csv.Error as fault:
        raise NotReadable("errors.customers.not_readable", field="file") from fault


def _sheet(content: bytes) -> Iterator[Sequence[object]]:
    # openpyxl parses with defusedxml where that is installed, so entities are refused.
    from openpyxl import load_workbook

    _refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            yield from (list(islice(row, _MOST_COLUMNS)) for row in book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except Exception as fault:
        # openpyxl lets through whatever its parts raise over a broken file, from BadZipFile to TypeError.
        raise NotReadable("errors.customers.not_readable", field="file") from fault


def _refuse_bombs(content: bytes) -> None:
    """What unpacks to too much is refused before it is opened; zipfile reads no more than an entry says it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        raise NotReadable("errors.customers.not_readable", field="file") from fault
    texts = sum(entry.file_size for entry in entries if _TEXTS in entry.filename.casefold())
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED_BYTES or texts > _MOST_UNPACKED_TEXT_BYTES:
        raise NotReadable("errors.customers.file_too_large", field="file")
