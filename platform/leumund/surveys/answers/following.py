"""Follow a survey from page to page: what was answered so far, and what comes next."""

from collections.abc import Mapping, Sequence

import msgspec

from leumund.surveys import rules
from leumund.surveys.questions import filling, paths
from leumund.surveys.questions.filling import Filled
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.studio.publishing import Published

# The values of each question, as a form sends them.
Sent = Mapping[str, Sequence[str]]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What of ``survey`` was answered: all of it, its class such as ``promoter``, and the next page, if any."""

    survey: Published
    filled: Filled
    kind: str | None
    next_page: int | None


def followed(survey: Published, filled: Filled, *, page: int) -> Answered:
    """Where ``filled`` leads from ``page``."""
    score = filled.marks.get(RECOMMEND)
    return Answered(
        survey=survey,
        filled=filled,
        kind=rules.class_of(score) if isinstance(score, int) else None,
        next_page=paths.page_after(survey.definition, page + 1, filled.marks),
    )


def so_far(survey: Published, sent: Sent, *, page: int) -> Answered:
    """What ``sent`` answers up to ``page``, where nothing was kept of the pages before. Raises Refusals."""
    return followed(survey, filling.so_far(survey.definition, sent, page=page), page=page)


def in_range(survey: Published, page: int) -> int:
    """``page``, or the first where there is none by that number."""
    return page if 0 <= page < len(paths.pages(survey.definition)) else 0
