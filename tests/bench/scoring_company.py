"""A company of which the truth is known: who is glad, and how likely each is to succeed, are drawn first.

What the company then sees of a person (a mark given some time ago, purchases, friends) tells of it with noise.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leumund.scoring import rules
from leumund.scoring.facts import AT, NAMES, Averages, Matrix
from leumund.scoring.learning import Outcomes

_PROMOTER, _PASSIVE, _DETRACTOR = 2, 1, 0


class Company(NamedTuple):
    """``classes`` are those of the only answer (2 promoter, 1 passive or none, 0 detractor), ``chances`` the truth."""

    facts: Matrix
    averages: Averages
    classes: NDArray[np.int64]
    chances: Matrix
    outcomes: Outcomes


def drawn(people: int, *, seed: int, blind: bool = False, odd: bool = False) -> Company:
    """A company of so many customers.

    In a ``blind`` one nothing seen goes with a success. In an ``odd`` one it is the relation that does, and not what
    people say, which the open model cannot know.
    """
    draw = np.random.default_rng(seed)
    glad, tenure = draw.normal(size=people), draw.exponential(700, people)
    facts = np.zeros((people, len(NAMES)))
    asked, age = draw.random(people) < 0.7, draw.uniform(0, 900, people)
    marks = np.clip(np.round(7.5 + 2 * glad + 1.2 * draw.normal(size=people)), 0, 10)
    left = asked * 0.5 ** (age / rules.ANSWER_HALF_LIFE_DAYS)
    referred = draw.poisson(0.15 * np.exp(0.8 * glad))
    bought = draw.poisson(np.exp(0.3 + 0.3 * glad) * tenure / 700)
    told = {
        "recommend_answers": left,
        "recommend_gladness": left * (marks / 10) ** rules.STEEPNESS,
        "tenure_days": tenure,
        "purchases": bought,
        "revenue_cents": bought * draw.gamma(2, 3_000, people),
        "open_cases": draw.random(people) < 0.05 * np.exp(-0.7 * glad),
        "referred": referred,
        "converted": draw.binomial(referred, 0.4),
        "takes_part": (referred > 0) | (draw.random(people) < 0.1),
    }
    for name, column in told.items():
        facts[:, AT[name]] = column
    logits = -3.6 + glad + 0.5 * np.minimum(referred, 2) + 0.5 * told["takes_part"]
    if odd:
        logits = -3.5 + 1.4 * np.tanh(2 * tenure / 700 - 2) + 0.3 * glad
    chances = 1 / (1 + np.exp(-np.where(blind, -3.0, logits)))
    classes = np.where(~asked, _PASSIVE, np.where(marks >= 9, _PROMOTER, np.where(marks <= 6, _DETRACTOR, _PASSIVE)))
    averages = Averages(
        mean=rules.mean_of(promoters=int((asked & (marks >= 9)).sum()), answers=int(asked.sum())),
        **{name: float(facts[:, AT[name]].mean()) for name in ("tenure_days", "purchases", "revenue_cents")},
    )
    return Company(facts, averages, classes, chances, draw.random(people) < chances)


def lift(order: Matrix, outcomes: Outcomes, *, share: float) -> float:
    """How many times as often the first ``share`` of people by ``order`` succeed as all do."""
    first = np.argsort(-order, kind="stable")[: int(share * len(order))]
    return float(outcomes[first].mean() / outcomes.mean())
