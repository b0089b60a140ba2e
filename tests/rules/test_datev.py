"""A DATEV file has the header, columns, quotes and limits that DATEV publishes, whatever is written into it."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from leumund.ledger import datev
from leumund.ledger.datev import Booking, Stack

STACK = Stack(
    consultant=29098,
    client=55003,
    account_digits=4,
    year_begins=date(2026, 1, 1),
    first=date(2026, 11, 1),
    last=date(2026, 11, 30),
    name="Empfehlungen 7-1",
    currency="EUR",
    fixed=True,
    made_at=datetime(2026, 12, 2, 9, 5, 7, 123_456, tzinfo=UTC),
)
BOOKING = Booking(
    cents=2500,
    digits=2,
    account="4600",
    contra="1700",
    day=date(2026, 11, 23),
    reference="R-0123",
    text="Prämie zugesagt 0A1B2C3D",
)


def lines(content: bytes) -> list[str]:
    assert content.endswith(b"\r\n")
    return content.decode("cp1252").split("\r\n")[:-1]


def cells(line: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=";"))


def test_the_header_is_as_it_is_published():
    header = lines(datev.write(STACK, []))[0]
    assert header == (
        '"EXTF";700;21;"Buchungsstapel";13;20261202090507123;;"RE";"";"";29098;55003;20260101;4;20261101;20261130;'
        '"Empfehlungen 7-1";"";1;0;1;"EUR";;"";;;"";;;"";""'
    )
    assert len(cells(header)) == 31


def test_there_are_125_columns_and_each_stands_where_it_belongs():
    assert len(datev.COLUMNS) == 125
    places = {1: "Umsatz (ohne Soll/Haben-Kz)", 10: "Belegdatum", 14: "Buchungstext", 37: "KOST1 - Kostenstelle"}
    places |= {48: "Zusatzinformation - Art 1", 88: "Stück", 114: "Festschreibung", 125: "Abw. Skontokonto"}
    assert {number: datev.COLUMNS[number - 1] for number in places} == places


def test_a_posting_is_one_line():
    _, headings, line = lines(datev.write(STACK, [BOOKING]))
    assert headings == ";".join(datev.COLUMNS)
    assert line.startswith('25,00;"S";"EUR";;;"";4600;1700;"";2311;"R-0123";"";;"Prämie zugesagt 0A1B2C3D";;"";;;;""')
    assert len(cells(line)) == 125
    assert cells(line)[113] == "1"


def test_what_is_not_fixed_says_so():
    loose = Stack(**{name: getattr(STACK, name) for name in STACK.__struct_fields__} | {"fixed": False})
    header, _, line = lines(datev.write(loose, [BOOKING]))
    assert (cells(header)[20], cells(line)[113]) == ("0", "0")


@pytest.mark.parametrize(
    ("cents", "digits", "said"), [(1, 2, "0,01"), (123_456, 2, "1234,56"), (700, 0, "700,00"), (1230, 3, "1,23")]
)
def test_an_amount_has_two_decimals_and_a_comma(cents: int, digits: int, said: str):
    assert datev.amount(cents, digits=digits) == said


@pytest.mark.parametrize("cents", [0, -1, 1_000_000_000_000])
def test_an_amount_that_no_line_holds_is_refused(cents: int):
    with pytest.raises(datev.TooLarge):
        datev.amount(cents, digits=2)


@given(some.text(max_size=80), some.text(max_size=60))
def test_no_text_breaks_out_of_its_cell(text: str, reference: str):
    booking = Booking(
        **{name: getattr(BOOKING, name) for name in BOOKING.__struct_fields__} | {"text": text, "reference": reference}
    )
    content = datev.write(STACK, [booking, BOOKING])
    assert len(lines(content)) == 4
    _, _, line, after = lines(content)
    assert len(cells(line)) == len(cells(after)) == 125
    assert len(cells(line)[13]) <= 60
    assert len(cells(line)[10]) <= 36


def test_a_file_holds_no_more_than_datev_takes():
    many = [BOOKING] * (datev.MOST_LINES + 1)
    assert [len(part) for part in datev.cut(many)] == [99_999, 1]
    assert [len(part) for part in datev.cut([])] == [0]
    with pytest.raises(AssertionError):
        datev.write(STACK, many)


@pytest.mark.parametrize(
    ("day", "month", "begins"),
    [
        (date(2026, 11, 30), 1, date(2026, 1, 1)),
        (date(2026, 6, 30), 7, date(2025, 7, 1)),
        (date(2026, 7, 1), 7, date(2026, 7, 1)),
    ],
)
def test_a_fiscal_year_begins_with_its_month(day: date, month: int, begins: date):
    assert datev.year_begin(day, month=month) == begins
