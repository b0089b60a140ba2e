"""Answers as a sample: how they spread over their values, and how much they are worth together, weighted or not.

Weights cost precision. By Kish's design effect, n answers of uneven weights are worth (sum w)^2 / sum w^2 answers of
equal ones, which is the n that intervals are reckoned with (Kish, Survey Sampling, 1965).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What some answers add up to: how many they are, how many of them have a weight, and the sums of those."""

    answers: int = 0
    weighed: int = 0
    weight: Decimal = Decimal(0)
    squares: Decimal = Decimal(0)

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(
            answers=self.answers + other.answers,
            weighed=self.weighed + other.weighed,
            weight=self.weight + other.weight,
            squares=self.squares + other.squares,
        )

    def __sub__(self, other: "Cell") -> "Cell":
        return Cell(
            answers=self.answers - other.answers,
            weighed=self.weighed - other.weighed,
            weight=self.weight - other.weight,
            squares=self.squares - other.squares,
        )


Values = Mapping[str, Cell]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Shares by value from 0 to 1, of how many answers, and the ``size`` that their precision is that of."""

    shares: Mapping[str, float]
    answers: int
    size: float

    @property
    def design_effect(self) -> float:
        """How many times more answers weights ask for than equal ones would."""
        return self.answers / self.size


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and from where to where it lies by 95 %."""

    value: float
    low: float
    high: float


def total(cells: Iterable[Cell]) -> Cell:
    """All of them together."""
    return sum(cells, Cell())


def plain(values: Values, *, of: Cell | None = None) -> Sample | None:
    """Every answer counts the same; ``of`` are all answers where one may have several values. None where none are."""
    whole = total(values.values()) if of is None else of
    if not whole.answers:
        return None
    shares = {value: cell.answers / whole.answers for value, cell in values.items()}
    return Sample(shares=shares, answers=whole.answers, size=float(whole.answers))


def weighted(values: Values, *, of: Cell | None = None) -> Sample | None:
    """Each answer counts by its weight, and one without is left out; None where no answer has one."""
    whole = total(values.values()) if of is None else of
    if not whole.weighed:
        return None
    shares = {value: float(cell.weight / whole.weight) for value, cell in values.items()}
    return Sample(shares=shares, answers=whole.weighed, size=float(whole.weight**2 / whole.squares))
