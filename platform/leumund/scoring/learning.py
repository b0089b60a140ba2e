"""Learn from a company's own referrals what goes before a success, with curves that only rise and never mix.

The trees are scikit-learn's histogram gradient boosting, held monotone and without interactions, on evidence sorted
into steps: so what was fitted is a table of steps, and is kept as one. Each fit is to people drawn anew, and all of
them are calibrated together on people they have not seen (Platt's line, whose slope is never below zero).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from leumund.scoring import learned, rules
from leumund.scoring.facts import Averages, Matrix
from leumund.scoring.learned import Curve, Learned

Outcomes = NDArray[np.bool_]

FITS = 10
_FOLDS = 5
_STEPS = 24
_LEAST_LEAF = 20
_LEAF_SHARE = 0.02


def learn(facts: Matrix, outcomes: Outcomes, *, averages: Averages, seed: int) -> Learned:
    """A calibrated model of ``outcomes`` by ``facts``; the same ``seed`` gives the same model."""
    # On one core: trees this small spend more time waiting for each other's threads than growing.
    with threadpool_limits(1):
        return _learn(facts, outcomes, averages, seed)


def platt(raw: Matrix, outcomes: Outcomes) -> tuple[float, float]:
    """The line (its height and its slope) that makes chances of ``raw`` logits; the slope is not below zero."""

    def loss(line: Matrix) -> float:
        logits = line[0] + line[1] * raw
        return float(np.mean(np.logaddexp(0, logits) - outcomes * logits))

    found = minimize(loss, x0=np.array([0.0, 1.0]), bounds=[(None, None), (0, None)], method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])


def _learn(facts: Matrix, outcomes: Outcomes, averages: Averages, seed: int) -> Learned:
    seen = learned.signals(facts, averages)
    edges = [_steps(seen[:, place]) for place in range(seen.shape[1])]
    steps = _sorted(seen, edges)
    raw = _raw(steps, outcomes, seed)
    line = platt(raw, outcomes)
    draws = np.random.default_rng(seed)
    fits = [_fit(steps[drawn], outcomes[drawn], seed + 1 + each) for each, drawn in _drawn(draws, outcomes)]
    tables = [[_table(fit, place, len(edges[place]) + 1) for place in range(len(edges))] for fit in fits]
    return _composed(edges, steps, _Fitted(fits, tables), line, averages)


class _Fitted:
    """Fits, and for each its table of steps a kind."""

    def __init__(self, fits: list[HistGradientBoostingClassifier], tables: list[list[Matrix]]) -> None:
        self.fits, self.tables = fits, tables


def _composed(
    edges: list[Matrix], steps: Matrix, fitted: _Fitted, line: tuple[float, float], averages: Averages
) -> Learned:
    """Curves around the average person: what all of them have in common moves to the start."""
    height, slope = line
    nobody = np.zeros((1, len(edges)))
    starts = np.array([float(fit.decision_function(nobody)[0]) for fit in fitted.fits])
    curves = []
    for place, kind in enumerate(rules.KINDS):
        rows = np.array([table[place] for table in fitted.tables])
        middles = rows[:, steps[:, place].astype(int)].mean(axis=1)
        starts += middles
        around = slope * (rows - middles[:, None])
        curves.append(Curve(key=kind.key, edges=edges[place].tolist(), steps=np.round(around, 6).tolist()))
    return Learned(averages=averages, starts=np.round(height + slope * starts, 6).tolist(), curves=curves)


def _raw(steps: Matrix, outcomes: Outcomes, seed: int) -> Matrix:
    """Logits of people by fits that have not seen them."""
    raw = np.zeros(len(outcomes))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    for known, held_out in folds.split(steps, outcomes):
        raw[held_out] = _fit(steps[known], outcomes[known], seed).decision_function(steps[held_out])
    return raw


def _fit(steps: Matrix, outcomes: Outcomes, seed: int) -> HistGradientBoostingClassifier:
    boosted = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=80,
        max_leaf_nodes=4,
        min_samples_leaf=max(_LEAST_LEAF, int(_LEAF_SHARE * len(outcomes))),
        l2_regularization=1.0,
        monotonic_cst=[1] * steps.shape[1],
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=seed,
    )
    return boosted.fit(steps, outcomes)


def _drawn(draws: np.random.Generator, outcomes: Outcomes) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """As many people as there are, drawn with replacement, for each fit; successes and others as many as there are."""
    groups = [np.flatnonzero(outcomes == each) for each in (True, False)]
    for each in range(FITS):
        yield each, np.concatenate([draws.choice(group, size=len(group)) for group in groups])


def _steps(values: Matrix) -> Matrix:
    """Edges between steps of as many people each; whatever many share is a step of its own."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _STEPS + 1)))
    return np.asarray((edges[1:] + edges[:-1]) / 2, dtype=np.float64)


def _sorted(seen: Matrix, edges: list[Matrix]) -> Matrix:
    columns = [np.searchsorted(each, seen[:, place], side="right") for place, each in enumerate(edges)]
    return np.stack(columns, axis=1).astype(np.float64)


def _table(fit: HistGradientBoostingClassifier, place: int, steps: int) -> Matrix:
    """What each step of one kind adds to the lowest; trees that do not mix make this the whole of it."""
    asked = np.zeros((steps, fit.n_features_in_))
    asked[:, place] = np.arange(steps)
    said = np.asarray(fit.decision_function(asked), dtype=np.float64)
    return np.asarray(said - said[0], dtype=np.float64)
