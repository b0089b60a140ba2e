"""The open model: a weighted mean of everything known, beginning with the company's own mean.

The score is the mean of a Beta distribution whose two numbers are the evidence for and against (Gelman et al., Bayesian
Data Analysis, 2.4), the interval its quantiles. A mean of evidence is a sum over it, so each kind's points are exact:
what it pulls the mean up or down.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from leumund.scoring import rules
from leumund.scoring.facts import AT, Averages, Matrix

VERSION = 1
_RELATION = {rules.TENURE: "tenure_days", rules.PURCHASES: "purchases", rules.REVENUE: "revenue_cents"}
_DONE = {rules.TAKES_PART: "takes_part", rules.REFERRED: "referred", rules.CONVERTED: "converted"}


class Reckoned(NamedTuple):
    """Scores of many people, 0 to 100 and not yet rounded: ``start`` and a row of ``points`` sum to the score."""

    start: float
    score: Matrix
    low: Matrix
    high: Matrix
    points: Matrix


class Evidence(NamedTuple):
    """A column a kind, in the order of rules.KINDS: how much it counts, and how much of that speaks for somebody."""

    weights: Matrix
    glad: Matrix


def evidence(facts: Matrix, averages: Averages) -> Evidence:
    """What ``facts`` say for and against."""
    columns = [_one(kind, facts, averages) for kind in rules.KINDS]
    return Evidence(*(np.stack([column[side] for column in columns], axis=1) for side in (0, 1)))


def reckon(facts: Matrix, averages: Averages) -> Reckoned:
    """Score every row of ``facts``."""
    found = evidence(facts, averages)
    total = rules.PRIOR + found.weights.sum(axis=1)
    glad = rules.PRIOR * averages.mean + found.glad.sum(axis=1)
    score, outside = 100 * glad / total, (1 - rules.WITHIN) / 2
    return Reckoned(
        start=100 * averages.mean,
        score=score,
        # So far from the middle the mean may lie beyond a quantile, and a score lies within its interval all the same.
        low=np.minimum(100 * betaincinv(glad, total - glad, outside), score),
        high=np.maximum(100 * betaincinv(glad, total - glad, 1 - outside), score),
        points=100 * (found.glad - found.weights * averages.mean) / total[:, None],
    )


def _one(kind: rules.Kind, facts: Matrix, averages: Averages) -> tuple[Matrix, Matrix]:
    if kind in rules.SAID:
        answers, gladness = (facts[:, AT[f"{kind.key}_{what}"]] for what in ("answers", "gladness"))
        return kind.weight * answers, kind.weight * gladness
    if kind == rules.CASES:
        against = kind.weight * facts[:, AT["open_cases"]]
        return against, np.zeros_like(against)
    if kind in _DONE:
        done = kind.weight * facts[:, AT[_DONE[kind]]]
        return done, done
    return _beside_others(kind, facts[:, AT[_RELATION[kind]]], averages)


def _beside_others(kind: rules.Kind, value: Matrix, averages: Averages) -> tuple[Matrix, Matrix]:
    """Whoever is like the average customer stays at the mean; whoever is more lies above, and never by much."""
    average = getattr(averages, _RELATION[kind])
    if average <= 0:
        return np.zeros_like(value), np.zeros_like(value)
    known = ~np.isnan(value)
    many = np.maximum(np.where(known, value, 0.0), 0.0)
    lean = 2 * many / (many + average) - 1
    glad = averages.mean + lean * min(averages.mean, 1 - averages.mean)
    weights = np.where(known, kind.weight, 0.0)
    return weights, weights * glad
