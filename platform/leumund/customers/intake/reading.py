"""Read customers from CSV and XLSX: the columns of a file, mapped to what we know of a person."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from leumund.customers.intake import columns
from leumund.customers.intake.columns import NoSuchColumn
from leumund.kit.faults import Refused

MOST_BYTES = 50_000_000
# How every XLSX begins, being a ZIP.
_PACKED = b"PK"
# The list of a sheet's texts is held whole, and each weighs more there than in the file.
_MOST_UNPACKED_TEXT_BYTES = 100_000_000
_TEXTS = "sharedstrings"
# A cell holds 32,767 characters at most, of up to ten bytes each as XML may write them.
_MOST_BYTES_BETWEEN_TAGS = 512 * 1024
_MOST_COLUMNS = 200
HEADERS = {
    "external_id": (
        *("external id", "kundennummer", "kunden-nr", "kunden-nr.", "kunden nr", "kunden nr.", "kundennr", "kundennr."),
        *("kd-nr", "kd-nr.", "kd.-nr.", "kd nr", "kdnr"),
        *("customer id", "customer number", "customer no", "customer no.", "id"),
    ),
    "email": ("e-mail", "e-mail-adresse", "e-mail adresse", "email-adresse", "email adresse", "email address", "mail"),
    "given_name": ("given name", "first name", "firstname", "vorname"),
    "family_name": ("family name", "last name", "lastname", "nachname", "surname", "name"),
    "phone": (
        *("telefon", "telefonnummer", "phone number", "mobil", "mobile", "telefon mobil", "mobiltelefon"),
        *("mobilnummer", "handy", "handynummer"),
    ),
    "country": ("land", "country code", "ländercode", "länderkürzel"),
    "language": ("sprache", "language code", "sprachcode"),
    "birth_date": ("birth date", "date of birth", "geburtsdatum", "geburtstag", "geboren am", "birthday", "born"),
    "customer_since_date": ("customer since", "kunde seit", "mitglied seit", "since", "seit"),
    "survey_consent": ("einwilligung umfrage", "consent survey"),
    "recommendation_consent": ("einwilligung empfehlung", "consent recommendation"),
    "profile_consent": ("einwilligung profil", "consent profile"),
}
FIELDS = tuple(HEADERS)

Row = dict[str, object]


class Limits(NamedTuple):
    """How much of a file is read: its rows, and the bytes a spreadsheet unpacks to."""

    rows: int
    unpacked_bytes: int


# Whoever sits at the machine waits for nobody else; a form is sent to the processes that everybody's pages come from.
AT_THE_MACHINE = Limits(rows=10_000_000, unpacked_bytes=500_000_000)
IN_A_FORM = Limits(rows=200_000, unpacked_bytes=50_000_000)


class NotReadable(Refused):
    """Neither a CSV nor an XLSX file we can read."""


class EmptyFile(NotReadable):
    """Not even headers."""


class TooManyRows(NotReadable):
    """More rows than this way in takes."""


def read(content: bytes, *, mapping: Mapping[str, str] | None = None, limits: Limits = AT_THE_MACHINE) -> Iterator[Row]:
    """Each row as ``{field: value}``; ``mapping`` gives the column of a field, guessed by its header where it does not.

    A field mapped to an empty column is left out.

    Raises NotReadable, TooManyRows, NoSuchColumn.
    """
    headers, table = _opened(content, limits)
    places = _places(headers, mapping or {})
    for number, values in enumerate(table, 1):
        if number > limits.rows:
            raise TooManyRows("errors.customers.too_many_rows", field="file", most=limits.rows)
        yield {field: values[place] for field, place in places.items() if place < len(values)}


def recognise(content: bytes, *, name: str) -> None:
    """Nothing, unless a file is called a spreadsheet and is none: read as text it would only raise odd questions.

    Raises NotReadable.
    """
    if name.casefold().endswith(".xlsx") and not content.startswith(_PACKED):
        raise NotReadable("errors.customers.not_readable", field="file")


def numbered(content: bytes, *, limits: Limits) -> tuple[list[str], Iterator[tuple[int, list[object]]]]:
    """The headers of a file, and each row that holds something by its number in the file; the header is row 1.

    Raises NotReadable.
    """
    headers, table = _opened(content, limits)
    rows = enumerate(map(list, table), 2)
    return headers, ((number, values) for number, values in rows if any(value not in (None, "") for value in values))


def glimpse(content: bytes, *, rows: int, limits: Limits = IN_A_FORM) -> tuple[list[str], list[list[object]]]:
    """The headers of a file and its first ``rows`` that hold something, to choose a mapping by. Raises NotReadable."""
    headers, filled = numbered(content, limits=limits)
    return headers, [values for _, values in islice(filled, rows)]


def guess(headers: Sequence[str]) -> dict[str, str]:
    """Which of ``headers`` means which field, where one can tell."""
    return columns.guess(headers, fields=HEADERS)


def _opened(content: bytes, limits: Limits) -> tuple[list[str], Iterator[Sequence[object]]]:
    if len(content) > MOST_BYTES:
        raise NotReadable("errors.customers.file_too_large", field="file")
    table = _sheet(content, limits) if content.startswith(_PACKED) else _csv(content)
    headers = [str(value or "").strip() for value in next(table, [])][:_MOST_COLUMNS]
    if not any(headers) and next(table, None) is None:
        raise EmptyFile("errors.customers.empty_file", field="file")
    return headers, table


def _places(headers: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    places = columns.places(headers, mapping=mapping, fields=HEADERS)
    if not {"external_id", "email"} & places.keys():
        raise NoSuchColumn("errors.customers.no_naming_column", field="email")
    return places


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


def _sheet(content: bytes, limits: Limits) -> Iterator[Sequence[object]]:
    # openpyxl parses with defusedxml where that is installed, so entities are refused.
    from openpyxl import load_workbook

    _refuse_bombs(content, limits)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            yield from (list(islice(row, _MOST_COLUMNS)) for row in book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except Exception as fault:
        # openpyxl lets through whatever its parts raise over a broken file, from BadZipFile to TypeError.
        raise NotReadable("errors.customers.not_readable", field="file") from fault


def _refuse_bombs(content: bytes, limits: Limits) -> None:
    """What unpacks to too much is refused before it is opened; zipfile reads no more than an entry says it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            texts = sum(entry.file_size for entry in entries if _TEXTS in entry.filename.casefold())
            whole = sum(entry.file_size for entry in entries)
            too_large = whole > limits.unpacked_bytes or texts > _MOST_UNPACKED_TEXT_BYTES
            too_large = too_large or any(_has_endless_text(packed, entry) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as fault:
        # A RuntimeError is an entry with a password or packed in a way nobody knows.
        raise NotReadable("errors.customers.not_readable", field="file") from fault
    if too_large:
        raise NotReadable("errors.customers.file_too_large", field="file")


def _has_endless_text(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a part goes on and on without a tag: openpyxl would hold all of it several times over as one text."""
    with packed.open(entry) as part:
        while len(piece := part.read(_MOST_BYTES_BETWEEN_TAGS)) == _MOST_BYTES_BETWEEN_TAGS:
            if b"<" not in piece:
                return True
    return False
