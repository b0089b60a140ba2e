"""Compare two models on people neither has learned from, by what each says of what then happened (the log loss).

The log loss is proper: nobody does better by it than by saying what they hold for so. A model takes over only where all
of the interval of its gain lies above zero, and it goes where all of it lies below.
"""

from statistics import NormalDist
from typing import Literal

import msgspec
import numpy as np

from leumund.scoring import learning
from leumund.scoring.facts import Matrix
from leumund.scoring.learning import Outcomes
from leumund.surveys.rules import LEAST_CELL

# A success among so few people could be anything.
LEAST_SUCCESSES = 100
LEAST_OTHERS = 100
_Z95 = NormalDist().inv_cdf(0.975)
_EDGE = 1e-6

Verdict = Literal["better", "worse", "even"]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What one model gains over another: nats a person with a 95 % interval, among ``people`` held out."""

    people: int
    successes: int
    gain: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "even"


class Tenth(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``people`` next to each other by what was said of them: the chance said, and how often it came true."""

    said: float
    true: float
    people: int


def tenths(chances: Matrix, outcomes: Outcomes) -> list[Tenth]:
    """What was said and what came true, in ten parts or fewer, so that none tells of a handful of people."""
    parts = np.array_split(np.argsort(chances, kind="stable"), max(1, min(10, len(outcomes) // LEAST_CELL)))
    return [
        Tenth(said=float(chances[part].mean()), true=float(outcomes[part].mean()), people=len(part)) for part in parts
    ]


def enough(outcomes: Outcomes) -> bool:
    """Whether there is anything to learn from."""
    successes = int(outcomes.sum())
    return successes >= LEAST_SUCCESSES and len(outcomes) - successes >= LEAST_OTHERS


def compare(*, new: Matrix, old: Matrix, outcomes: Outcomes) -> Compared:
    """``new`` and ``old`` are chances from 0 to 1 of people neither has learned from."""
    gains = _losses(old, outcomes) - _losses(new, outcomes)
    half = float(_Z95 * gains.std(ddof=1) / np.sqrt(len(gains)))
    gain = float(gains.mean())
    return Compared(people=len(outcomes), successes=int(outcomes.sum()), gain=gain, low=gain - half, high=gain + half)


def chances(scores: Matrix, *, known_scores: Matrix, known: Outcomes) -> Matrix:
    """What ``scores`` of any kind say of a success, by the line that fits ``known`` best: an order is not held against
    a score that means something else."""
    height, slope = learning.platt(_logits(known_scores), known)
    return np.asarray(1 / (1 + np.exp(-(height + slope * _logits(scores)))), dtype=np.float64)


def _logits(scores: Matrix) -> Matrix:
    shares = np.clip(scores / 100, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(shares / (1 - shares)), dtype=np.float64)


def _losses(chance: Matrix, outcomes: Outcomes) -> Matrix:
    sure = np.clip(chance, _EDGE, 1 - _EDGE)
    return np.asarray(-np.where(outcomes, np.log(sure), np.log(1 - sure)), dtype=np.float64)
