"""Sums and moments in a file of purchases are read as Germans and English write them, or one way only is asked for."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.kit.faults import Refused
from leumund.rewards.purchases import amounts, moments
from leumund.rewards.purchases.amounts import BelowZero, NoAmount, TooMuch
from leumund.rewards.purchases.moments import NoMoment

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def cents(text: str, currency: str = "EUR") -> int:
    return amounts.cents(text, field="amount", currency=currency)


def moment(text: str) -> datetime:
    return moments.read(text, field="occurred_at", zone=BERLIN, at=NOON)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.234,56 EUR", 123_456),
        ("EUR 1,234.56", 123_456),
        ("€1'234.56", 123_456),
        ("1 234,56\N{NO-BREAK SPACE}€", 123_456),
        ("1.234", 123_400),
        ("1,234,567", 123_456_700),
        ("1234,5", 123_450),
        ("0", 0),
        ("50,-", 5_000),
        ("50,– Euro", 5_000),
        ("  12.00  ", 1_200),
    ],
)
def test_a_sum_is_read_in_german_and_in_english(text: str, meant: int):
    assert cents(text) == meant


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("-12,00", BelowZero),
        ("\N{MINUS SIGN}12,00 €", BelowZero),
        ("12,00-", BelowZero),
        ("(12.00)", BelowZero),
        ("", NoAmount),
        ("-", NoAmount),
        ("zwölf", NoAmount),
        ("=2+5", NoAmount),
        ("0.12345", NoAmount),
        ("1234.567", NoAmount),
        ("1.234,567", NoAmount),
        ("12,34,56", NoAmount),
        ("1.234.56", NoAmount),
        ("12 EUR 13", NoAmount),
        ("9" * 30, NoAmount),
        ("٣٤", NoAmount),
        ("9999999999,99", TooMuch),
    ],
)
def test_a_sum_that_is_none_says_so(text: str, fault: type[Refused]):
    with pytest.raises(fault):
        cents(text)


def test_a_currency_of_other_minor_units_is_read_by_its_own():
    assert cents("1,234", "JPY") == 1_234
    for text, currency in (("1.234", "KWD"), ("12.34", "JPY")):
        with pytest.raises(NoAmount):
            cents(text, currency)


@pytest.mark.parametrize(
    ("text", "named"),
    [("12 €", "EUR"), ("chf 12", "CHF"), ("$12", "USD"), ("12 Euro", "EUR"), ("12", None), ("€", "EUR")],
)
def test_the_currency_beside_a_sum_is_known(text: str, named: str | None):
    assert amounts.currency(text) == named


@given(st.integers(0, amounts.MOST_CENTS))
@settings(max_examples=30)
def test_what_is_written_in_either_language_is_read_as_it_was_meant(meant: int):
    english = f"{meant // 100:,}.{meant % 100:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert cents(english) == cents(german) == cents(f"{german} EUR") == meant


@given(st.text(max_size=60))
@settings(max_examples=40)
def test_whatever_stands_in_a_cell_is_read_or_refused(text: str):
    for deed in (cents, moment):
        with suppress(Refused):
            deed(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("22.11.2026 14:05", datetime(2026, 11, 22, 13, 5, tzinfo=UTC)),
        ("22.11.2026, 14:05:30 Uhr", datetime(2026, 11, 22, 13, 5, 30, tzinfo=UTC)),
        ("2026-07-01T14:05:00", datetime(2026, 7, 1, 12, 5, tzinfo=UTC)),
        ("2026-07-01 14:05:00.123", datetime(2026, 7, 1, 12, 5, tzinfo=UTC)),
        ("2026-07-01T14:05:00Z", datetime(2026, 7, 1, 14, 5, tzinfo=UTC)),
        ("2026-07-01T14:05:00+05:30", datetime(2026, 7, 1, 8, 35, tzinfo=UTC)),
        ("2026-07-01 14:05:00 -0800", datetime(2026, 7, 1, 22, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_by_its_own_zone_or_by_the_companys_clocks(text: str, meant: datetime):
    assert moment(text) == meant


def test_a_day_is_its_last_second_and_today_is_now():
    assert moment("22.11.2026") == datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC)
    assert moment("2026-11-23") == NOON
    assert moment("24.11.2026") > NOON, "and so refused by whoever is told"


@pytest.mark.parametrize(
    "text",
    ["", "31.02.2026", "11/23/2026", "23.11.26", "2026-11-23T25:00", "gestern", "0000-01-01", "2026-11-23T10:00+99:00"],
)
def test_a_day_that_is_none_says_so(text: str):
    with pytest.raises(NoMoment):
        moment(text)
