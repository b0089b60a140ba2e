"""Money is written as each language writes it."""

import pytest

from leumund.kit import money
from leumund.kit.money import Money


@pytest.mark.parametrize(("language", "said"), [("de", "−25,50\N{NO-BREAK SPACE}€"), ("en", "−€25.50")])
def test_what_is_owed_bears_a_true_minus(language: str, said: str):
    assert money.text(Money(-2550, "EUR"), language) == said
    assert money.short(Money(-2550, "EUR"), language) == said


@pytest.mark.parametrize(("language", "said"), [("de", "−25\N{NO-BREAK SPACE}€"), ("en", "−€25")])
def test_whole_amounts_below_zero_stay_short(language: str, said: str):
    assert money.short(Money(-2500, "EUR"), language) == said
