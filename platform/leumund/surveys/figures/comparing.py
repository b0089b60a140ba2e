"""Compare NPS honestly: what differs, from where to where, and whether chance alone may have made it.

z = |a - b| / sqrt(var_a / n_a + var_b / n_b), with Kish's n where answers have weights. Whoever looks at many finds
some that differ by chance, so p is that of Benjamini and Hochberg over all shown together (JRSS B 57, 1995).
"""

from collections.abc import Sequence
from math import erfc, inf, sqrt
from typing import NamedTuple

import msgspec

from leumund.surveys import rules
from leumund.surveys.figures import rating
from leumund.surveys.figures.sampling import Sample

# Below it a sum of answers is not yet as normal as z takes it for.
FEWEST = 30
_CHANCE = 0.05


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """``difference`` in points from the first to the second; ``verdict`` is more, less, unclear or few.

    The interval is that of this difference alone; ``p`` is corrected for all that were asked about together.
    """

    difference: float
    low: float
    high: float
    z: float
    p: float
    verdict: str


class _Raw(NamedTuple):
    difference: float
    error: float
    enough: bool

    @property
    def z(self) -> float:
        if self.error == 0:
            return inf if self.difference else 0.0
        return abs(self.difference) / self.error

    @property
    def p(self) -> float:
        return erfc(self.z / sqrt(2))


def changes(pairs: Sequence[tuple[Sample, Sample]]) -> list[Change]:
    """From the first of each pair to the second, all of them looked at together."""
    return _judged([_between(before, after) for before, after in pairs])


def course(samples: Sequence[Sample]) -> Change | None:
    """Whether NPS rose or fell along ``samples``, which follow each other; None below three.

    The difference is that of the ends of the line that fits them best, each counting by its precision.
    """
    errors = [_variance(sample) / sample.size for sample in samples]
    if len(samples) < 3:
        return None
    # A step where all were of one mind would count without end: it counts like the most precise that is not.
    least = min((error for error in errors if error > 0), default=1.0)
    weights = [1 / max(error, least) for error in errors]
    places = [number / (len(samples) - 1) for number in range(len(samples))]
    middle = sum(map(_times, weights, places)) / sum(weights)
    spread = sum(weight * (place - middle) ** 2 for weight, place in zip(weights, places, strict=True))
    scores = [rating.nps(sample).value for sample in samples]
    slope = sum(weight * (place - middle) * score for weight, place, score in zip(weights, places, scores, strict=True))
    enough = sum(sample.size for sample in samples) >= FEWEST
    return _judged([_Raw(slope / spread, 1 / sqrt(spread), enough)])[0]


def corrected(chances: Sequence[float]) -> list[float]:
    """Each p as it stands among all of them."""
    if len(chances) < 2:
        return list(chances)
    # Large, and whoever compares nothing need not wait for it.
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(list(chances))]


def _judged(found: Sequence[_Raw]) -> list[Change]:
    # What has too few answers is no question that was asked: it makes the others no less sure.
    asked = [raw for raw in found if raw.enough]
    chances = iter(corrected([raw.p for raw in asked]))
    return [_change(raw, next(chances) if raw.enough else raw.p) for raw in found]


def _change(raw: _Raw, p: float) -> Change:
    half = rules.Z95 * raw.error
    return Change(
        difference=raw.difference,
        low=raw.difference - half,
        high=raw.difference + half,
        z=raw.z,
        p=p,
        verdict=_verdict(raw, p),
    )


def _verdict(raw: _Raw, p: float) -> str:
    if not raw.enough:
        return "few"
    if p >= _CHANCE:
        return "unclear"
    return "more" if raw.difference > 0 else "less"


def _between(before: Sample, after: Sample) -> _Raw:
    error = sqrt(_variance(before) / before.size + _variance(after) / after.size)
    enough = min(before.size, after.size) >= FEWEST
    return _Raw(rating.nps(after).value - rating.nps(before).value, error, enough)


def _variance(sample: Sample) -> float:
    """100^2 (p + d - (p - d)^2), of one answer."""
    promoters, detractors = rating.classes(sample)
    return max(0.0, 100**2 * (promoters + detractors - (promoters - detractors) ** 2))


def _times(one: float, other: float) -> float:
    return one * other
