"""Money is written as each language writes it."""

import pytest

from leumund.kit import money, sums
from leumund.kit.money import Money


@pytest.mark.parametrize(("language", "said"), [("de", "−25,50\N{NO-BREAK SPACE}€"), ("en", "−€25.50")])
def test_what_is_owed_bears_a_true_minus(language: str, said: str):
    assert money.text(Money(-2550, "EUR"), language) == said
    assert money.short(Money(-2550, "EUR"), language) == said


@pytest.mark.parametrize(("language", "said"), [("de", "−25\N{NO-BREAK SPACE}€"), ("en", "−€25")])
def test_whole_amounts_below_zero_stay_short(language: str, said: str):
    assert money.short(Money(-2500, "EUR"), language) == said


@pytest.mark.parametrize(
    ("number", "language", "said"),
    [(1, "de", "1 Punkt"), (1200, "de", "1.200 Punkte"), (-120, "en", "−120 points"), (1, "en", "1 point")],
)
def test_points_are_counted_and_no_hundredths_of_anything(number: int, language: str, said: str):
    plain = said.replace(" ", "\N{NO-BREAK SPACE}")
    assert money.text(Money(number, "PTS"), language) == plain
    assert money.short(Money(number, "PTS"), language) == plain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("50,-", 5_000),
        ("1.234", 123_400),
        ("7,5", 750),
        ("12345", 1_234_500),
    ],
)
def test_a_sum_is_read_as_either_language_writes_it(typed: str, meant: int):
    assert sums.cents(typed, currency="EUR") == meant


@pytest.mark.parametrize("typed", ["0.12345", "1.23.45", "1,2,3", "12.3456", "1.234.56", "-5", "fünf", ""])
def test_a_sum_that_could_be_two_or_none_is_none(typed: str):
    assert sums.cents(typed, currency="EUR") is None
