"""An open loyalty index of four answers, and who is satisfied, loyal, both or neither.

The answers are those of TRI*M's kind (overall rating, recommending, choosing again, advantage over others), each
brought to 0 to 100; the index is their weighted mean. Weights and cut-offs are the company's own and shown beside it.
The typology is that of Jones and Sasser (Why Satisfied Customers Defect, Harvard Business Review, 1995).
"""

from collections.abc import Mapping

import msgspec

from leumund.kit.faults import Refused
from leumund.surveys.figures import rating
from leumund.surveys.figures.sampling import Estimate, Sample

QUESTIONS = ("overall", "recommend", "again", "advantage")
_RANGES = ((1, 5), (0, 10), (1, 5), (1, 5))
TYPES = ("apostle", "mercenary", "hostage", "defector")
_MOST_WEIGHT = 100


class BadRule(Refused):
    """Weights or a cut-off with which there is no index."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What each answer counts, from which overall mark somebody is satisfied, and from how much of 100 loyal."""

    overall: int = 1
    recommend: int = 1
    again: int = 1
    advantage: int = 1
    satisfied_from: int = 4
    loyal_from: int = 75

    @property
    def weights(self) -> tuple[int, ...]:
        return self.overall, self.recommend, self.again, self.advantage


class Loyalty(msgspec.Struct, frozen=True, kw_only=True):
    """The index of those who answered all four, and the share of each of TYPES."""

    answers: int
    index: Estimate
    types: Mapping[str, Estimate]


def require(rule: Rule) -> None:
    """Raises BadRule: every weight up to 100, one of the three about loyalty at least, cut-offs on their scales."""
    for name in QUESTIONS:
        if not 0 <= getattr(rule, name) <= _MOST_WEIGHT:
            raise BadRule("errors.figures.weight", field=name, most=_MOST_WEIGHT)
    if not any(rule.weights[1:]):
        raise BadRule("errors.figures.no_weight", field="recommend")
    if not 2 <= rule.satisfied_from <= 5:
        raise BadRule("errors.figures.satisfied_from", field="satisfied_from")
    if not 1 <= rule.loyal_from <= 100:
        raise BadRule("errors.figures.loyal_from", field="loyal_from")


def loyalty(sample: Sample, *, rule: Rule) -> Loyalty:
    """``sample`` is of all four marks together, such as ``4.9.5.3`` in the order of QUESTIONS."""
    indices: dict[float, float] = {}
    parts = dict.fromkeys(TYPES, 0.0)
    for together, share in sample.shares.items():
        marks = [int(mark) for mark in together.split(".")]
        index = index_of(marks, rule=rule)
        indices[index] = indices.get(index, 0.0) + share
        parts[type_of(marks, rule=rule)] += share
    return Loyalty(
        answers=sample.answers,
        index=rating.from_moments(rating.moments(indices, size=sample.size)),
        types={name: rating.share(part, size=sample.size) for name, part in parts.items()},
    )


def index_of(marks: list[int], *, rule: Rule) -> float:
    """One person's index, 0 to 100."""
    return _mean(_rescaled(marks), rule.weights)


def type_of(marks: list[int], *, rule: Rule) -> str:
    """One person's of TYPES: satisfied by the overall rating, loyal by the three others together."""
    loyal = _mean(_rescaled(marks)[1:], rule.weights[1:]) >= rule.loyal_from
    if marks[0] >= rule.satisfied_from:
        return "apostle" if loyal else "mercenary"
    return "hostage" if loyal else "defector"


def _rescaled(marks: list[int]) -> list[float]:
    return [100 * (mark - low) / (high - low) for mark, (low, high) in zip(marks, _RANGES, strict=True)]


def _mean(values: list[float], weights: tuple[int, ...]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
