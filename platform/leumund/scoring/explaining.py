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


def explain(reckoned: Reckoned, facts: Matrix, *, place: int = 0) -> Explained:
    """The explanation of the person in row ``place``, strongest reason first."""
    score, start = rules.rounded(reckoned.score[place]), rules.rounded(reckoned.start)
    known = [(kind, _amount(kind, facts, place)) for kind in rules.KINDS]
    counted = [
        (kind.key, amount, float(exact))
        for (kind, amount), exact in zip(known, reckoned.points[place], strict=True)
        # That there is nothing can be a reason too, once a model has learned that it is one.
        if exact or (amount and kind not in rules.RELATION)
    ]
    points = rules.shares([exact for *_, exact in counted], total=score - start)
    reasons = [
        Reason(key=key, points=whole, amount=amount) for (key, amount, _), whole in zip(counted, points, strict=True)
    ]
    return Explained(
        score=score,
        low=rules.rounded(reckoned.low[place]),
        high=rules.rounded(reckoned.high[place]),
        start=start,
        reasons=sorted(reasons, key=lambda reason: -abs(reason.points)),
    )


def what_would_change(model: Model, facts: Matrix) -> list[Change]:
    """What the model says of one person, were a thing different; ``facts`` is one row."""
    found = things.changes(facts)
    reckoned = model(np.concatenate([*found.values()]))
    return [Change(key=key, score=rules.rounded(score)) for key, score in zip(found, reckoned.score, strict=True)]


def _amount(kind: rules.Kind, facts: Matrix, place: int) -> float | None:
    """What is known of one kind, or None where that is not known."""
    amount = float(facts[place, things.AT[_COLUMNS[kind]]])
    return None if np.isnan(amount) else round(amount, 2)


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
