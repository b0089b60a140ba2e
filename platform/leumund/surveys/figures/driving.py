"""Which ratings go with recommending: together with it, and apart from what all the others go with.

Two measures, each with a 95 % interval, of answers as they were given (weights play no part):
- Spearman's rank correlation of a rating and the mark for recommending; its interval by Fisher's z with the error of
  Bonett and Wright (Psychometrika 65, 2000).
- the partial one, with the ranks of all other ratings held fast, from the matrix of all pairs. Each pair counts whoever
  answered both; n is the least of those.

p is corrected for all ratings together (comparing). Neither measure says what causes what, and no word here does.
"""

from collections.abc import Sequence
from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from leumund.surveys import rules
from leumund.surveys.figures import comparing
from leumund.surveys.figures.sampling import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_CHANCE = 0.05
# A matrix this close to one that cannot be turned says nothing about any single rating.
_LEAST_EIGENVALUE = 1e-3


class Pattern(NamedTuple):
    """How some people answered: the mark for recommending, then each rating or None, and how many answered so."""

    marks: Sequence[int | None]
    answers: int


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """One rating: ``together`` is its rank correlation with recommending, ``apart`` the partial one where there is one.

    ``verdict`` is apart (both hold), together, unclear or few.
    """

    question: str
    answers: int
    together: Estimate | None
    p: float
    apart: Estimate | None
    apart_p: float
    verdict: str


def drivers(questions: Sequence[str], patterns: Sequence[Pattern]) -> list[Driver]:
    """One line for each rating, strongest first; of one with too few answers no figure is told."""
    if not questions or not patterns:
        return []
    marks = _expanded(patterns)
    correlations, counts = _correlated(marks)
    enough = [number for number in range(1, len(questions) + 1) if counts[0][number] >= comparing.FEWEST]
    together = {number: _known(float(correlations[0][number]), int(counts[0][number]), 0) for number in enough}
    apart = _apart(correlations, counts, enough)
    p = dict(zip(enough, comparing.corrected([together[n][1] for n in enough]), strict=True))
    apart_p = dict(zip(apart, comparing.corrected([each[1] for each in apart.values()]), strict=True))
    found = [
        Driver(
            question=question,
            # Below the least cell not even their number is told.
            answers=int(counts[0][n]) if counts[0][n] >= rules.LEAST_CELL else 0,
            together=together[n][0] if n in together else None,
            p=p.get(n, 1.0),
            apart=apart[n][0] if n in apart else None,
            apart_p=apart_p.get(n, 1.0),
            verdict=_verdict(p.get(n), apart_p.get(n)),
        )
        for n, question in enumerate(questions, start=1)
    ]
    return sorted(found, key=lambda each: (each.together is None, -abs(each.together.value) if each.together else 0.0))


def _verdict(p: float | None, apart_p: float | None) -> str:
    if p is None:
        return "few"
    if p >= _CHANCE:
        return "unclear"
    return "apart" if apart_p is not None and apart_p < _CHANCE else "together"


def _expanded(patterns: Sequence[Pattern]) -> "Numbers":
    import numpy as np

    marks = np.array([[np.nan if mark is None else mark for mark in each.marks] for each in patterns], dtype=float)
    return np.repeat(marks, [each.answers for each in patterns], axis=0)


def _correlated(marks: "Numbers") -> tuple["Numbers", "Numbers"]:
    """Rank correlations of all pairs of columns, each of the rows that have both, and how many those are."""
    import numpy as np
    from scipy.stats import rankdata

    wide = marks.shape[1]
    found, counts = np.eye(wide), np.zeros((wide, wide))
    for one in range(wide):
        for other in range(one):
            both = marks[~np.isnan(marks[:, one]) & ~np.isnan(marks[:, other])][:, [one, other]]
            counts[one, other] = counts[other, one] = len(both)
            ranks = rankdata(both, axis=0)
            # Of one mind all of them: nothing goes with anything.
            flat = len(both) < 2 or bool((np.ptp(ranks, axis=0) == 0).any())
            found[one, other] = found[other, one] = 0.0 if flat else np.corrcoef(ranks.T)[0, 1]
    return found, counts


def _apart(correlations: "Numbers", counts: "Numbers", enough: Sequence[int]) -> dict[int, tuple[Estimate, float]]:
    """The partial correlation of each with the first column; nothing where the matrix allows none."""
    import numpy as np

    among = [0, *enough]
    if len(enough) < 2 or (fewest := int(counts[np.ix_(among, among)][~np.eye(len(among), dtype=bool)].min())) < max(
        comparing.FEWEST, len(among) + 4
    ):
        return {}
    matrix = correlations[np.ix_(among, among)]
    if np.linalg.eigvalsh(matrix)[0] < _LEAST_EIGENVALUE:
        return {}
    turned = np.linalg.inv(matrix)
    return {
        number: _known(float(-turned[0, n] / sqrt(turned[0, 0] * turned[n, n])), fewest, len(enough) - 1)
        for n, number in enumerate(enough, start=1)
    }


def _known(correlation: float, answers: int, fixed: int) -> tuple[Estimate, float]:
    """A correlation of ``answers`` with ``fixed`` others held fast: its interval, and p that there is none at all."""
    from scipy.stats import t

    near = max(-0.999999, min(0.999999, correlation))
    half = rules.Z95 * sqrt((1 + near**2 / 2) / (answers - fixed - 3))
    free = answers - fixed - 2
    estimate = Estimate(value=correlation, low=tanh(atanh(near) - half), high=tanh(atanh(near) + half))
    return estimate, float(2 * t.sf(abs(near) * sqrt(free / (1 - near**2)), free))
