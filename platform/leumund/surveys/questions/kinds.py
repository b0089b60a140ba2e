"""The kinds of questions there are.

The loyalty index asks four questions whose scales the field has in common: the overall rating, the likelihood to
recommend, which is the NPS's own question, choosing again, and the advantage over others.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

Kind = Literal["nps", "overall", "again", "advantage", "csat", "ces", "scale", "single", "multiple", "text"]

# The one question whose mark tells promoters from detractors, whichever survey it stands in.
RECOMMEND = "recommend"
# The words that go with it.
COMMENT = "comment"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How a kind is answered: by a mark from ``low`` to ``high``, by choices, or in words.

    A kind with a ``key`` is asked once in a survey, under that name. What ``is_rating`` may go with recommending.
    """

    answer: Literal["mark", "choice", "choices", "words"]
    key: str = ""
    low: int | None = None
    high: int | None = None
    is_rating: bool = False


SHAPES: Mapping[Kind, Shape] = MappingProxyType(
    {
        "nps": Shape(answer="mark", key=RECOMMEND, low=0, high=10),
        "overall": Shape(answer="mark", key="overall", low=1, high=5, is_rating=True),
        "again": Shape(answer="mark", key="again", low=1, high=5),
        "advantage": Shape(answer="mark", key="advantage", low=1, high=5),
        "csat": Shape(answer="mark", low=1, high=5, is_rating=True),
        "ces": Shape(answer="mark", low=1, high=7, is_rating=True),
        # From where to where it goes, the question itself says.
        "scale": Shape(answer="mark", is_rating=True),
        "single": Shape(answer="choice"),
        "multiple": Shape(answer="choices"),
        "text": Shape(answer="words"),
    }
)
