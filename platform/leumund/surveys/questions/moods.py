"""How somebody feels by what they marked: unhappy, undecided or glad.

The mark for recommending says so by its NPS class. Where a survey asks for satisfaction as well, the worse of the two
counts: nobody is called glad who is dissatisfied. Effort says what was hard, and not how somebody feels about it.
"""

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from leumund.surveys import rules
from leumund.surveys.questions.defining import Definition, Marks
from leumund.surveys.questions.kinds import RECOMMEND, Kind

Mood = Literal["unhappy", "undecided", "glad"]
# From worst to best.
MOODS: tuple[Mood, ...] = get_args(Mood)
_BY_CLASS: Mapping[str, Mood] = {"detractor": "unhappy", "passive": "undecided", "promoter": "glad"}
# Both are marked from 1 to 5.
_SATISFACTION: tuple[Kind, ...] = ("csat", "overall")
_DISSATISFIED_TO, _SATISFIED_FROM = 2, 4


def of(definition: Definition, marks: Marks) -> Mood | None:
    """How whoever gave these ``marks`` feels; None where they say nothing of it."""
    score = marks.get(RECOMMEND)
    satisfaction = [
        mark
        for question in definition.questions
        if question.kind in _SATISFACTION and isinstance(mark := marks.get(question.key), int)
    ]
    return worst(score=score if isinstance(score, int) else None, satisfaction=satisfaction)


def worst(*, score: int | None, satisfaction: Collection[int]) -> Mood | None:
    """The worst that a mark for recommending, from 0 to 10, and marks of satisfaction, from 1 to 5, say."""
    felt = [_satisfied(mark) for mark in satisfaction]
    if score is not None:
        felt.append(_BY_CLASS[rules.class_of(score)])
    return min(felt, key=MOODS.index, default=None)


def is_worse(mood: Mood, than: Mood) -> bool:
    """Whether ``mood`` is a worse one."""
    return MOODS.index(mood) < MOODS.index(than)


def _satisfied(mark: int) -> Mood:
    if mark <= _DISSATISFIED_TO:
        return "unhappy"
    return "glad" if mark >= _SATISFIED_FROM else "undecided"
