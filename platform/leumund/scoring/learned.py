"""The learned model as data: a curve for each kind of evidence, summed, and turned into a chance by the logistic curve.

No kind's curve depends on another's and each only rises, so a person's reasons stay exact and more of a good thing
never lowers a score. It is a table that anybody can read and check, not a program that is stored. Of several fits to
people drawn anew the middle serves, and how far they lie apart is the interval.
"""

from statistics import NormalDist

import msgspec
import numpy as np
from scipy.special import expit

from leumund.scoring import open_model, rules
from leumund.scoring.facts import Averages, Matrix
from leumund.scoring.open_model import Reckoned

_Z = NormalDist().inv_cdf((1 + rules.WITHIN) / 2)
# Part of every model that is kept: what nobody said counts like one piece of evidence at the mean.
_UNSAID = 1.0
# The slope of the logistic curve itself stands in where both ends are the same.
_SAME = 1e-9


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of evidence adds, in logits: from one of ``edges`` to the next the same, a row of ``steps`` a fit."""

    key: str
    edges: list[float]
    steps: list[list[float]]


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """A model of one company: ``averages`` are those of the day it was learned, ``starts`` a logit a fit."""

    averages: Averages
    starts: list[float]
    curves: list[Curve]


def signals(facts: Matrix, averages: Averages) -> Matrix:
    """A column a kind, each of which can only speak for somebody the more the greater it is.

    Answers are drawn to the mean the more the less they are, cases count against, and a relation that nobody knows is
    like the average one.
    """
    found = open_model.evidence(facts, averages)
    said = len(rules.SAID)
    columns = found.glad - found.weights * averages.mean
    columns[:, :said] /= _UNSAID + found.weights[:, :said]
    return columns


def reckon(model: Learned, facts: Matrix) -> Reckoned:
    """Score every row of ``facts``: a chance in percent, which starts at that of the average person learned from."""
    seen = signals(facts, model.averages)
    # One sheet a kind: a row a person, a column a fit.
    sheets = np.stack([_added(curve, seen[:, place]) for place, curve in enumerate(model.curves)])
    logits = np.array(model.starts) + sheets.sum(axis=0)
    middle, spread = logits.mean(axis=1), logits.std(axis=1)
    start = float(np.mean(model.starts))
    return Reckoned(
        start=100 * float(expit(start)),
        score=100 * expit(middle),
        low=100 * expit(middle - _Z * spread),
        high=100 * expit(middle + _Z * spread),
        points=100 * _slope(start, middle)[:, None] * sheets.mean(axis=2).T,
    )


def _added(curve: Curve, values: Matrix) -> Matrix:
    at = np.searchsorted(np.array(curve.edges), values, side="right")
    return np.asarray(np.array(curve.steps).T[at], dtype=np.float64)


def _slope(start: float, end: Matrix) -> Matrix:
    """Points a logit on the way from ``start`` to ``end``: what shares a sum's curve fairly among its parts.

    It is the Aumann-Shapley value of a sum; integrated along the straight way it is the same for every part.
    """
    apart = end - start
    near = np.abs(apart) < _SAME
    rise = expit(start) * (1 - expit(start))
    return np.asarray(np.where(near, rise, (expit(end) - expit(start)) / np.where(near, 1.0, apart)))


def reach(model: Learned) -> dict[str, tuple[float, float]]:
    """How far each kind alone can lower and raise the score of the average person, in points."""
    start = float(np.mean(model.starts))
    found = {}
    for curve in model.curves:
        steps = np.array(curve.steps).mean(axis=0)
        ends = 100 * (expit(start + np.array([steps.min(), steps.max()])) - expit(start))
        found[curve.key] = (float(ends[0]), float(ends[1]))
    return found
