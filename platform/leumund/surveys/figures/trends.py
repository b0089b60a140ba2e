"""How answers went over time: in steps that suit how long they took, and whether chance alone may have moved them."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from leumund.surveys import rules
from leumund.surveys.figures import comparing, counting, hiding, measuring, sampling
from leumund.surveys.figures.comparing import Change
from leumund.surveys.figures.counting import SUITING, Wanted
from leumund.surveys.figures.sampling import Cell, Estimate, Sample
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.rules import Figures


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the answers of one day, week or month, named by its first day.

    ``change`` is that from the step before which is shown; of one that is not ``shown`` no figure may be told.
    """

    first_date: date
    figures: Figures
    weighted: Estimate | None = None
    change: Change | None = None
    shown: bool = True


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How answers went over time, oldest first; ``step`` is day, week or month.

    ``trend`` is whether they rose or fell along all of it, where there are steps enough to say.
    """

    step: str
    periods: list[Period]
    trend: Change | None = None


async def course(*, time_zone: str, key: str = "nps", year: int | None = None) -> Course:
    """All answers, or those of one year, in the company's time zone; steps without any are left out. One query.

    A year is a part of the whole course, in the same steps and with the same of them hidden: whoever laid shorter steps
    or other gaps over those of all years could work out what is hidden.
    """
    wanted = Wanted(step=SUITING, questions=[RECOMMEND])
    found = await counting.counted(key=key, time_zone=time_zone, wanted=wanted)
    steps: dict[date, dict[str, Cell]] = {}
    for each in found:
        steps.setdefault(each.first_date, {})[each.value] = each.cell
    return of_steps(dict(sorted(steps.items())), step=found[0].step if found else "month", year=year)


def of_steps(steps: Mapping[date, Mapping[str, Cell]], *, step: str, year: int | None = None) -> Course:
    """The course of marks for recommending by the first day of each step, oldest first; of ``year`` or all of them."""
    every = {first: sample for first, values in steps.items() if (sample := sampling.plain(values)) is not None}
    # Each year stands with its sum as well.
    kept = hiding.kept({first.isoformat(): sample.answers for first, sample in every.items()}, part=_year)
    samples = {first: sample for first, sample in every.items() if year in (None, first.year)}
    shown = {first: sample for first, sample in samples.items() if first.isoformat() in kept}
    changes = _changes(shown)
    return Course(
        step=step,
        periods=[_period(first, steps[first], changes, shown=first in shown) for first in samples],
        trend=comparing.course(list(shown.values())),
    )


def _year(first_date: str) -> str:
    return first_date[:4]


def _changes(shown: Mapping[date, Sample]) -> dict[date, Change]:
    """From each step that is shown to the next, all of them looked at together."""
    order: Sequence[date] = list(shown)
    found = comparing.changes([(shown[one], shown[other]) for one, other in pairwise(order)])
    return dict(zip(order[1:], found, strict=True))


def _period(first: date, values: Mapping[str, Cell], changes: Mapping[date, Change], *, shown: bool) -> Period:
    classes = [(rules.class_of(int(mark)), cell.answers) for mark, cell in values.items()]
    score = measuring.score(values) if shown else None
    return Period(
        first_date=first,
        figures=rules.figures(
            promoters=sum(n for kind, n in classes if kind == "promoter"),
            detractors=sum(n for kind, n in classes if kind == "detractor"),
            answers=sum(n for _, n in classes),
        ),
        weighted=score.weighted if score else None,
        change=changes.get(first),
        shown=shown,
    )
