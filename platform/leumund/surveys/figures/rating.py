"""What marks and choices say: shares with their Wilson intervals, means with theirs, NPS of a sample.

A mean's interval is made as that of NPS is (rules): three answers are added, three quarters of one to each end of the
scale and the rest to its middle, so that a handful of equal answers is not taken for certainty. On a scale of three
steps the two are the same interval.
"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

from leumund.surveys import rules
from leumund.surveys.figures.sampling import Estimate, Sample

_ADDED, _ADDED_EACH = 3, 0.75
# Kinds of questions whose marks have a scale of their own, and from which mark on an answer is a glad one.
_SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "overall": (1, 5), "again": (1, 5), "advantage": (1, 5)}
_GLAD_FROM = {"csat": 4, "ces": 5, "overall": 4, "again": 4, "advantage": 4}


class Moments(NamedTuple):
    """Mean and mean square of something between 0 and 100, and the size of the sample."""

    mean: float
    square: float
    size: float


def scale(kind: str) -> tuple[int, int] | None:
    """Lowest and highest mark of a kind; None where its question says that itself."""
    return _SCALES.get(kind)


def nps(sample: Sample) -> Estimate:
    """100 (p - d) with its adjusted Wald interval; ``sample`` is of marks from 0 to 10."""
    promoters, detractors = classes(sample)
    low, high = rules.interval(promoters=promoters, detractors=detractors, answers=sample.size)
    return Estimate(value=100 * (promoters - detractors), low=low, high=high)


def classes(sample: Sample) -> tuple[float, float]:
    """The shares of promoters and of detractors."""
    promoters = sum(share for mark, share in sample.shares.items() if int(mark) >= rules.PROMOTER_FROM)
    return promoters, sum(share for mark, share in sample.shares.items() if int(mark) <= rules.DETRACTOR_TO)


def glad(sample: Sample, *, kind: str) -> Estimate:
    """The share of glad answers: 4 and 5 of 5 (CSAT), or 5 to 7 of 7 (CES)."""
    least = _GLAD_FROM[kind]
    return share(sum(part for mark, part in sample.shares.items() if int(mark) >= least), size=sample.size)


def has_glad(kind: str) -> bool:
    """Whether answers of this kind can be called glad ones."""
    return kind in _GLAD_FROM


def share(part: float, *, size: float) -> Estimate:
    """A share with its interval, for a ``size`` that weights may make no whole."""
    low, high = rules.share_interval(part, size=size)
    return Estimate(value=part, low=low, high=high)


def mean(sample: Sample, *, lowest: int, highest: int) -> Estimate:
    """The mean mark, on the scale it was given on."""
    marks = {100 * (int(mark) - lowest) / (highest - lowest): share for mark, share in sample.shares.items()}
    found = from_moments(moments(marks, size=sample.size))
    reach = (highest - lowest) / 100
    return Estimate(
        value=lowest + reach * found.value, low=lowest + reach * found.low, high=lowest + reach * found.high
    )


def moments(shares: Mapping[float, float], *, size: float) -> Moments:
    """Of values between 0 and 100 and their shares."""
    return Moments(
        sum(value * share for value, share in shares.items()),
        sum(value * value * share for value, share in shares.items()),
        size,
    )


def from_moments(found: Moments) -> Estimate:
    """A mean between 0 and 100 with its interval."""
    n = found.size + _ADDED
    middling = _ADDED - 2 * _ADDED_EACH
    mean_ = (found.mean * found.size + 50 * middling + 100 * _ADDED_EACH) / n
    square = (found.square * found.size + 2_500 * middling + 10_000 * _ADDED_EACH) / n
    half = rules.Z95 * sqrt(max(square - mean_**2, 0.0) / n)
    return Estimate(value=found.mean, low=max(0.0, mean_ - half), high=min(100.0, mean_ + half))
