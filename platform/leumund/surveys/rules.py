"""The arithmetic of the Net Promoter Score, and how sure a share of a few answers is.

Promoters answer 9 or 10, detractors 0 to 6. The interval is the adjusted Wald interval (Rocks, arXiv 1601.07235; Lewis
and Sauro): three answers are added, three quarters of one to promoters and to detractors each.
"""

from math import sqrt
from statistics import NormalDist

import msgspec

# Figures of fewer answers are shown nowhere: they would say more of a few people than of the company.
LEAST_CELL = 5
PROMOTER_FROM = 9
DETRACTOR_TO = 6
_ADDED = 3
_ADDED_EACH = 0.75
Z95 = NormalDist().inv_cdf(0.975)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """NPS with its 95 % interval, from -100 to 100; all three are None while there is no answer."""

    answers: int
    promoters: int
    detractors: int
    nps: float | None
    low: float | None
    high: float | None

    @property
    def is_shown(self) -> bool:
        """Whether there are answers enough to tell of."""
        return self.answers >= LEAST_CELL


def class_of(score: int) -> str:
    """promoter, passive or detractor."""
    if score >= PROMOTER_FROM:
        return "promoter"
    return "detractor" if score <= DETRACTOR_TO else "passive"


def figures(*, promoters: int, detractors: int, answers: int) -> Figures:
    """NPS = 100 (p - d); variance 100^2 (p + d - (p - d)^2) / n, on the adjusted shares for the interval."""
    assert 0 <= promoters + detractors <= answers, "they are among the answers"
    if answers == 0:
        return Figures(answers=0, promoters=0, detractors=0, nps=None, low=None, high=None)
    low, high = interval(promoters=promoters / answers, detractors=detractors / answers, answers=answers)
    return Figures(
        answers=answers,
        promoters=promoters,
        detractors=detractors,
        nps=100 * (promoters - detractors) / answers,
        low=low,
        high=high,
    )


def interval(*, promoters: float, detractors: float, answers: float) -> tuple[float, float]:
    """From where to where NPS lies by 95 %, for shares of ``answers``, which weights may make no whole number."""
    n = answers + _ADDED
    p, d = (promoters * answers + _ADDED_EACH) / n, (detractors * answers + _ADDED_EACH) / n
    half = 100 * Z95 * sqrt((p + d - (p - d) ** 2) / n)
    middle = 100 * (p - d)
    return max(-100.0, middle - half), min(100.0, middle + half)


def share_interval(part: float, *, size: float) -> tuple[float, float]:
    """From where to where a share lies by 95 % (Wilson, JASA 22, 1927); weights may make ``size`` no whole number."""
    z2 = Z95**2
    middle = (part + z2 / (2 * size)) / (1 + z2 / size)
    half = Z95 / (1 + z2 / size) * sqrt(max(part * (1 - part), 0.0) / size + z2 / (4 * size**2))
    # At the ends of the scale the interval ends there too, and not a rounding away from it.
    low = 0.0 if part <= 0 else max(0.0, middle - half)
    return low, 1.0 if part >= 1 else min(1.0, middle + half)
