"""The open score on real answers: who of the airport's guests says 9 or 10 is told from everything else they said.

What the model holds fixed was chosen by looking at the guests with odd numbers; only the others are tried here. Each of
them is held out once a repetition: means, averages and rates come from the other four fifths. Two rivals know the same
fifths: the share of recommenders at each overall rating, and their share among all.
"""

import csv
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

from leumund.kit import places
from leumund.scoring import facts, learned, learning, open_model, rules
from leumund.scoring.facts import Averages, Matrix
from leumund.scoring.learning import Outcomes

_FOLDS, _REPEATS = 5, 10
_RATINGS = (
    *("Q7ART", "Q7FOOD", "Q7STORE", "Q7SIGN", "Q7WALKWAYS", "Q7SCREENS", "Q7INFODOWN", "Q7INFOUP", "Q7WIFI"),
    *("Q7ROADS", "Q7PARK", "Q7AIRTRAIN", "Q7LTPARKING", "Q7RENTAL", "Q9BOARDING", "Q9AIRTRAIN", "Q9RENTAL"),
    *("Q9FOOD", "Q9RESTROOM", "Q9ALL", "Q10SAFE", "Q13GETRATE", "Q14FIND", "Q14PASSTHRU"),
)
_HAD_A_PROBLEM = "1"
_Z95 = NormalDist().inv_cdf(0.975)


class Guests(NamedTuple):
    """All but the recommendation as facts; ``overall`` is the rating as given, 0 for none."""

    facts: Matrix
    overall: Matrix
    recommends: Outcomes


def read(*, odd: bool = False) -> Guests:
    """The guests with even numbers who said whether they recommend, or the odd ones."""
    with (places.tenants() / "airport" / "guests.csv").open(encoding="utf-8", newline="") as file:
        told = [row for row in csv.DictReader(file) if row["NETPRO"].isdigit() and int(row["NETPRO"]) <= 10]
    told = [row for row in told if int(row["RESPNUM"]) % 2 == odd]
    return Guests(
        facts=facts.rows(*(_facts(row) for row in told)),
        overall=np.array([_rating(row["Q7ALL"]) or 0 for row in told], dtype=np.float64),
        recommends=np.array([int(row["NETPRO"]) >= 9 for row in told]),
    )


def measure() -> None:
    """Print area under the curve, Brier score and calibration of all four, with 95 % intervals."""
    guests = read()
    folds = RepeatedStratifiedKFold(n_splits=_FOLDS, n_repeats=_REPEATS, random_state=2017)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in _MODELS}
    said = {name: np.zeros(len(guests.recommends)) for name in _MODELS}
    for known, held_out in folds.split(guests.overall, guests.recommends):
        for name, model in _MODELS.items():
            chances = model(guests, known)[held_out]
            said[name][held_out] += chances / _REPEATS
            truth = guests.recommends[held_out]
            found[name].append((roc_auc_score(truth, chances), brier_score_loss(truth, chances)))
    print(
        f"stated recommendation of {len(guests.recommends):,} held-out guests ({guests.recommends.mean():.1%} say 9 or "
        f"10), {_FOLDS} folds {_REPEATS} times:"
    )
    for name, pairs in found.items():
        auc, brier = (_mean_within([pair[side] for pair in pairs]) for side in (0, 1))
        gap = calibration_gap(said[name], guests.recommends)
        print(f"  {name}: AUC {auc}, Brier {brier}, calibration off by {100 * gap:.1f} points")
    for rival in ("overall rating alone", "company mean"):
        gains = [[a[side] - b[side] for a, b in zip(found["open score"], found[rival], strict=True)] for side in (0, 1)]
        print(f"  open score over {rival}: AUC {_mean_within(gains[0])}, Brier {_mean_within(gains[1])}")
    for said_chance, came_true, people in deciles(said["open score"], guests.recommends):
        print(f"  open score {said_chance:5.1%}: {came_true:5.1%} of {people} recommend")


def deciles(chances: Matrix, outcomes: Outcomes) -> list[tuple[float, float, int]]:
    """What was said and what came true, tenth by tenth."""
    parts = np.array_split(np.argsort(chances, kind="stable"), 10)
    return [(float(chances[part].mean()), float(outcomes[part].mean()), len(part)) for part in parts]


def calibration_gap(chances: Matrix, outcomes: Outcomes) -> float:
    """How far what was said lies from what came true, on average over tenths."""
    return float(np.mean([abs(said - true) for said, true, _ in deciles(chances, outcomes)]))


def _mean_within(values: list[float]) -> str:
    """A mean over repeated folds, whose people overlap, by the variance Nadeau and Bengio correct for it (2003)."""
    spread = np.var(values, ddof=1) * (1 / len(values) + 1 / (_FOLDS - 1))
    mean, half = float(np.mean(values)), _Z95 * float(np.sqrt(spread))
    return f"{mean:.3f} [{mean - half:.3f}, {mean + half:.3f}]"


def _averages(guests: Guests, known: np.ndarray) -> Averages:
    promoters = guests.recommends[known]
    return Averages(
        mean=rules.mean_of(promoters=int(promoters.sum()), answers=len(promoters)),
        purchases=float(guests.facts[known, facts.AT["purchases"]].mean()),
    )


def _open(guests: Guests, known: np.ndarray) -> Matrix:
    return open_model.reckon(guests.facts, _averages(guests, known)).score / 100


def _learned(guests: Guests, known: np.ndarray) -> Matrix:
    model = learning.learn(guests.facts[known], guests.recommends[known], averages=_averages(guests, known), seed=1)
    return learned.reckon(model, guests.facts).score / 100


def _by_overall(guests: Guests, known: np.ndarray) -> Matrix:
    chances = np.zeros(len(guests.overall))
    for rating in np.unique(guests.overall):
        same = known[guests.overall[known] == rating]
        # Drawn to one half by two more, as the company's mean is.
        chances[guests.overall == rating] = (guests.recommends[same].sum() + 1) / (len(same) + 2)
    return chances


def _by_mean(guests: Guests, known: np.ndarray) -> Matrix:
    return np.full(len(guests.overall), _averages(guests, known).mean)


_MODELS = {
    "open score": _open,
    "overall rating alone": _by_overall,
    "company mean": _by_mean,
    "learned score": _learned,
}


def _facts(row: dict[str, str]) -> dict[str, float]:
    overall = [rating for rating in (_rating(row["Q7ALL"]),) if rating]
    ratings = [rating for rating in (_rating(row[name]) for name in _RATINGS) if rating]
    return {
        **_said("loyalty", overall),
        **_said("ratings", ratings),
        "open_cases": float(row["Q15PROBLEM"] == _HAD_A_PROBLEM),
        "purchases": float(row["Q5TIMESFLOWN"] or 0),
    }


def _said(key: str, marks: list[int]) -> dict[str, float]:
    if not marks:
        return {}
    gladness = [rules.gladness(mark, low=1, high=5) for mark in marks]
    return {f"{key}_answers": 1.0, f"{key}_gladness": sum(gladness) / len(gladness)}


def _rating(told: str) -> int | None:
    return int(told) if told.isdigit() and 1 <= int(told) <= 5 else None
