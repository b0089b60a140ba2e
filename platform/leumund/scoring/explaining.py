"""Explain a score: where it starts, what each thing known adds or takes, and what would change it, in whole points.

Staff and the person themselves read the same: pages only put it into words.
"""

from collections.abc import Callable

import msgspec
import numpy as np

from leumund.scoring import facts as things
from leumund.scoring import rules
from leumund.scoring.facts import Matrix
from leumund.scoring.open_model import Reckoned

# A model that is ready to score, with the company's averages already in it.
Model = Callable[[Matrix], Reckoned]


class Reason(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One kind of evidence and the whole ``points`` it adds; ``amount`` is what is known, in the kind's own unit.

    Answers as many as were counted, faded; open cases and friends as many; days, purchases and cents as they are; None
    is not known.
    """

    key: str
    points: int
    amount: float | None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A score from 0 to 100 within its interval: ``start`` and the points of all ``reasons`` sum to it."""

    score: int
    low: int
    high: int
    start: int
    reasons: list[Reason]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What could happen, and the score as it were then."""

    key: str
    score: int


def explain(reckoned: Reckoned, facts: Matrix) -> list[Explained]:
    """The explanation of each row's person, strongest reason first."""
    scores, start = rules.all_rounded(reckoned.score), rules.rounded(reckoned.start)
    amounts = facts[:, [things.AT[_COLUMNS[kind]] for kind in rules.KINDS]]
    # That there is nothing can be a reason too, once a model has learned that it is one.
    counted = (reckoned.points != 0) | ((amounts > 0) & _OF_THEIR_OWN)
    whole = rules.shares(reckoned.points, counted=counted, totals=scores - start)
    numbers = np.stack([scores, rules.all_rounded(reckoned.low), rules.all_rounded(reckoned.high)], axis=1).tolist()
    rows = zip(numbers, counted.tolist(), whole.tolist(), np.round(amounts, 2).tolist(), strict=True)
    return [
        Explained(score=score, low=low, high=high, start=start, reasons=_reasons(which, points, known))
        for (score, low, high), which, points, known in rows
    ]


def what_would_change(model: Model, facts: Matrix) -> list[Change]:
    """What the model says of one person, were a thing different; ``facts`` is one row."""
    found = things.changes(facts)
    reckoned = model(np.concatenate([*found.values()]))
    return [Change(key=key, score=rules.rounded(score)) for key, score in zip(found, reckoned.score, strict=True)]


def _reasons(counted: list[bool], points: list[int], amounts: list[float]) -> list[Reason]:
    found = [
        Reason(key=key, points=whole, amount=None if amount != amount else amount)
        for key, is_one, whole, amount in zip(_KEYS, counted, points, amounts, strict=True)
        if is_one
    ]
    found.sort(key=lambda reason: -abs(reason.points))
    return found


_KEYS = [kind.key for kind in rules.KINDS]
# A relation is seen beside the others'; whatever is like theirs says nothing.
_OF_THEIR_OWN = np.array([kind not in rules.RELATION for kind in rules.KINDS])
_COLUMNS = {
    **{kind: f"{kind.key}_answers" for kind in rules.SAID},
    rules.CASES: "open_cases",
    rules.TAKES_PART: "takes_part",
    rules.REFERRED: "referred",
    rules.CONVERTED: "converted",
    rules.TENURE: "tenure_days",
    rules.PURCHASES: "purchases",
    rules.REVENUE: "revenue_cents",
}
