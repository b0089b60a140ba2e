"""The open score's numbers, each said once: what a mark is worth, how it fades, and how points become whole numbers.

Everything known of a person is evidence for or against their recommending with success, and each piece of it counts so
much. The company's mean counts as PRIOR, so somebody of whom nothing is known has the mean's score, and what is known
moves it the further the more it is. How much a rating counts was chosen on real guests of whom no figure is printed
(tests/bench/scoring_guests.py); what people do counts by judgement, until a company's own referrals can tell.
"""

from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leumund.surveys.rules import LEAST_CELL

Numbers = NDArray[np.float64]
# What the company's mean counts as, beside one piece of evidence of weight 1.
PRIOR = 0.5
# What somebody said last year tells half as much; what they did, half as much after two years.
ANSWER_HALF_LIFE_DAYS = 365.0
DEED_HALF_LIFE_DAYS = 730.0
# From the middle of a scale to its top lies more than from its end to the middle: of guests who give the best mark nine
# in ten recommend, of those who give the one below it about half.
STEEPNESS = 3
# Nine in ten such people are to lie within the interval.
WITHIN = 0.9
# A company nobody has answered yet is taken for one that every second customer recommends.
NO_MEAN = 0.5


class Kind(NamedTuple):
    """A kind of evidence; ``weight`` is how much one piece of it counts, when it is new."""

    key: str
    weight: float


RECOMMEND = Kind("recommend", 3.0)
LOYALTY = Kind("loyalty", 2.0)
TYPE = Kind("type", 1.0)
RATINGS = Kind("ratings", 3.0)
CASES = Kind("cases", 1.0)
TAKES_PART = Kind("takes_part", 1.0)
REFERRED = Kind("referred", 1.0)
CONVERTED = Kind("converted", 3.0)
TENURE = Kind("tenure", 0.25)
PURCHASES = Kind("purchases", 0.25)
REVENUE = Kind("revenue", 0.25)

# What people said, what is open with them, what they did, and how they stand to the company beside its others.
SAID = (RECOMMEND, LOYALTY, TYPE, RATINGS)
DONE = (TAKES_PART, REFERRED, CONVERTED)
RELATION = (TENURE, PURCHASES, REVENUE)
KINDS = (*SAID, CASES, *DONE, *RELATION)


def place(mark: float, *, low: float, high: float) -> float:
    """Where ``mark`` stands on its scale, from 0 to 1."""
    assert low <= mark <= high, "a mark is on its scale"
    return (mark - low) / (high - low)


def gladness(mark: float, *, low: float, high: float) -> float:
    """What ``mark`` says for recommending, from 0 to 1."""
    return place(mark, low=low, high=high) ** STEEPNESS


def fade(days: float, *, half_life_days: float) -> float:
    """What is left of a piece of evidence after ``days``; what is dated ahead counts as of now."""
    return float(0.5 ** (max(days, 0.0) / half_life_days))


def mean_of(*, promoters: int, answers: int) -> float:
    """The company's share of promoters, drawn to one half as if by two answers more; of a handful there is none."""
    assert 0 <= promoters <= answers, "they are among the answers"
    return NO_MEAN if answers < LEAST_CELL else (promoters + 1) / (answers + 2)


def rounded(value: float) -> int:
    """To the nearest whole number, and a half upwards."""
    return floor(value + 0.5)


def all_rounded(values: Numbers) -> NDArray[np.int64]:
    """As ``rounded`` does, each."""
    return np.floor(values + 0.5).astype(np.int64)


def shares(points: Numbers, *, counted: NDArray[np.bool_], totals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of ``points`` as whole numbers that sum to the row's total, by largest remainder; none changes its sign.

    A total is the difference of two rounded numbers of which the points are the exact difference. What is not
    ``counted`` is zero, and stays so.
    """
    down = np.floor(points).astype(np.int64)
    missing = totals - down.sum(axis=1)
    # Less than one by rounding, or one more where a sum of fractions hits a half from below.
    assert ((missing >= -1) & (missing <= counted.sum(axis=1))).all(), "rounding moves a sum by less than one"
    remainders = np.where(counted, down - points, 1.0)
    ranks = np.argsort(np.argsort(remainders, axis=1, kind="stable"), axis=1)
    last = counted.sum(axis=1) - 1
    given = (ranks < missing[:, None]).astype(np.int64)
    taken = ((missing < 0)[:, None] & (ranks == last[:, None])).astype(np.int64)
    return np.asarray(down + given - taken, dtype=np.int64)
