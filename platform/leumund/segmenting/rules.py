"""Which class a share of the revenue makes, and what is an interest: arithmetic that explains itself."""

from collections.abc import Mapping
from decimal import Decimal

# An interest is drawn to the company's mean by as many purchases of nobody's: two of two say little, twenty of
# twenty-five a lot.
PSEUDO_PURCHASES = 5
# Bought at least so often, and so much more often than by others.
LEAST_BOUGHT = 2
LEAST_LIFT = Decimal("1.5")
_HUNDRED = 100


def class_of(*, before_cents: int, total_cents: int, a_percent: int, b_percent: int) -> str:
    """A, B or C by what those brought in who bought for more.

    Whoever crosses a threshold still belongs above it, so that every class A reaches its share; equal customers have
    the same class, since none of them comes before another.
    """
    assert 0 <= before_cents < total_cents, "those before are among all"
    part = before_cents * _HUNDRED
    if part < a_percent * total_cents:
        return "A"
    return "B" if part < b_percent * total_cents else "C"


def shrunk(*, bought: int, purchases: int, mean: float) -> float:
    """The share of a category in a customer's purchases, drawn to the company's ``mean``."""
    return (bought + PSEUDO_PURCHASES * mean) / (purchases + PSEUDO_PURCHASES)


def is_interest(*, bought: int, purchases: int, mean: float) -> bool:
    """Whether so many of so many purchases say that somebody likes it more than others do."""
    return bought >= LEAST_BOUGHT and shrunk(bought=bought, purchases=purchases, mean=mean) >= float(LEAST_LIFT) * mean


def cells(counted: Mapping[str, int], *, least: int) -> tuple[dict[str, int], int]:
    """How many have each value, the most first, and how many are in none of these because they would be too few.

    Those below ``least`` are put together; where they are still too few, the next one joins them, since whoever knows
    the whole would otherwise know the rest.
    """
    shown = dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))
    rest = sum(shown.pop(value) for value in [value for value, number in shown.items() if number < least])
    while 0 < rest < least and shown:
        rest += shown.popitem()[1]
    return shown, rest
