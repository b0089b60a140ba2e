"""What is known of people, as numbers a model reads: one row a person, one column a fact.

Answers come faded and summed: ``recommend_answers`` is how many answers there are, each counted for what its age leaves
of it, and ``recommend_gladness`` the same sum of what they say. What a company does not know is NaN, not zero.
"""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from leumund.scoring import rules

Matrix = NDArray[np.float64]

NAMES = (
    *(f"{kind.key}_{what}" for kind in rules.SAID for what in ("answers", "gladness")),
    "open_cases",
    "takes_part",
    "referred",
    "converted",
    "tenure_days",
    "purchases",
    "revenue_cents",
)
AT = {name: place for place, name in enumerate(NAMES)}
_ANSWERS = [AT[name] for name in NAMES if name.endswith(("_answers", "_gladness"))]
_DEEDS = [AT["referred"], AT["converted"]]
_GLAD = 10
_UNHAPPY = 5
_YEAR_DAYS = 365.0


class Averages(msgspec.Struct, frozen=True, kw_only=True):
    """The company beside whom a person is seen: its share of promoters, and its customers' averages."""

    mean: float = rules.NO_MEAN
    tenure_days: float = 0.0
    purchases: float = 0.0
    revenue_cents: float = 0.0


def rows(*told: Mapping[str, float]) -> Matrix:
    """People of whom only what is named is known."""
    made = np.zeros((len(told), len(NAMES)))
    made[:, AT["tenure_days"]] = np.nan
    for place, each in enumerate(told):
        for name, value in each.items():
            made[place, AT[name]] = value
    return made


def changes(facts: Matrix) -> dict[str, Matrix]:
    """What could happen to one person, and the facts as they were then: ``facts`` is one row, and so is each.

    A glad answer stands beside an unhappy one: nobody is asked to answer well.
    """
    settled = np.minimum(facts[0, AT["open_cases"]], 1.0)
    later = facts.copy()
    later[:, _ANSWERS] *= rules.fade(_YEAR_DAYS, half_life_days=rules.ANSWER_HALF_LIFE_DAYS)
    later[:, _DEEDS] *= rules.fade(_YEAR_DAYS, half_life_days=rules.DEED_HALF_LIFE_DAYS)
    later[:, AT["tenure_days"]] += _YEAR_DAYS
    found = {
        "glad_answer": _more(facts, recommend_answers=1.0, recommend_gladness=_gladness(_GLAD)),
        "unhappy_answer": _more(facts, recommend_answers=1.0, recommend_gladness=_gladness(_UNHAPPY)),
        "friend_confirms": _more(facts, referred=1.0),
        "friend_buys": _more(facts, referred=1.0, converted=1.0),
        "nothing_for_a_year": later,
    }
    return found | ({"case_settled": _more(facts, open_cases=-settled)} if settled else {})


def _gladness(mark: int) -> float:
    return rules.gladness(mark, low=0, high=10)


def _more(facts: Matrix, **added: float) -> Matrix:
    changed = facts.copy()
    for name, value in added.items():
        changed[:, AT[name]] += value
    return changed
