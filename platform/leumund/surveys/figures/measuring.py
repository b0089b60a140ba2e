"""Measure a survey: NPS, loyalty index, and what each question got, weighted beside unweighted where weights are.

Figures of fewer answers than ``rules.LEAST_CELL`` are None.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.figures import counting, expanding, hiding, loyalty, rating, sampling
from leumund.surveys.figures.asked import Asked
from leumund.surveys.figures.counting import Counted
from leumund.surveys.figures.loyalty import Loyalty, Rule
from leumund.surveys.figures.sampling import Cell, Estimate, Sample, Values
from leumund.surveys.questions.defining import Question
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.rules import Figures

_PROMOTERS = f"value::int >= {rules.PROMOTER_FROM}"
_DETRACTORS = f"value::int <= {rules.DETRACTOR_TO}"
_ALL = f"""
SELECT coalesce(sum(answers), 0)::bigint AS answers,
    coalesce(sum(answers) FILTER (WHERE {_PROMOTERS}), 0)::bigint AS promoters,
    coalesce(sum(answers) FILTER (WHERE {_DETRACTORS}), 0)::bigint AS detractors
FROM (
    SELECT value, answers FROM survey_tally
    WHERE key = $1 AND question = '{RECOMMEND}' AND attribute = '{expanding.ALL}'
    UNION ALL
    SELECT score::text, 1 FROM survey_answer
    WHERE tallied_at IS NULL AND score IS NOT NULL AND survey IN (SELECT id FROM survey WHERE key = $1)
) AS every
"""  # noqa: S608


class Nps(msgspec.Struct, frozen=True, kw_only=True):
    """NPS as answers were given, and by their weights where there are any; ``size`` is what those are worth."""

    answers: int
    promoters: int
    detractors: int
    plain: Estimate
    weighted: Estimate | None
    weighed: int
    size: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a question: how many gave it, and which share that is, from 0 to 1."""

    value: str
    answers: int
    share: Estimate
    weighted: Estimate | None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one question got: its values in order, its mean where it is a mark, and the share of glad answers."""

    question: Question
    answers: int
    lines: Sequence[Line]
    mean: Estimate | None
    weighted_mean: Estimate | None
    glad: Estimate | None
    weighted_glad: Estimate | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A survey in one year, or in all ``years`` there are answers of.

    Figures of too few answers are not in it, nor those of a year that would tell them by what is left of all years.
    """

    years: Sequence[int]
    nps: Nps | None
    loyalty: Loyalty | None
    weighted_loyalty: Loyalty | None
    results: Sequence[Result]


async def nps(*, key: str = "nps") -> Figures:
    """All answers to a survey, whatever its version; one query."""
    return rules.figures(**(await ground.fetch(_ALL, key))[0])


async def report(*, asked: Asked, rule: Rule, time_zone: str, year: int | None = None) -> Report:
    """Everything about a survey; one query, whose rows are as many as there are values and years."""
    found = await counting.counted(key=asked.key, time_zone=time_zone)
    told = _told(found, year)
    together = told.get(expanding.TOGETHER, {})
    return Report(
        years=sorted({each.first_date.year for each in found}, reverse=True),
        nps=score(told.get(RECOMMEND, {})),
        loyalty=_loyalty(sampling.plain(together), rule),
        weighted_loyalty=_loyalty(sampling.weighted(together), rule),
        results=[
            result
            for question in asked.questions
            if (result := measured(question, told.get(question.key, {}))) is not None
        ],
    )


def _told(found: Sequence[Counted], year: int | None) -> dict[str, Values]:
    """By question what may be told of ``year``, beside the other years and all of them together."""
    if year is None:
        return counting.values(found)
    years: dict[str, list[Counted]] = {}
    for each in found:
        years.setdefault(str(each.first_date.year), []).append(each)
    by_year = {name: counting.values(own) for name, own in years.items()}
    told = by_year.get(str(year), {})
    return {
        question: values
        for question, values in told.items()
        if str(year) in hiding.kept({name: _answers(every.get(question, {})) for name, every in by_year.items()})
    }


def _answers(values: Values) -> int:
    """How many answered; of a question with several choices an empty value counts them."""
    return (values[""] if "" in values else sampling.total(values.values())).answers


def score(values: Values) -> Nps | None:
    """NPS of the marks for recommending."""
    sample = enough(sampling.plain(values))
    if sample is None:
        return None
    weighted = enough(sampling.weighted(values))
    classes = {kind: sum(_of_class(values, kind)) for kind in ("promoter", "detractor")}
    return Nps(
        answers=sample.answers,
        promoters=classes["promoter"],
        detractors=classes["detractor"],
        plain=rating.nps(sample),
        weighted=rating.nps(weighted) if weighted else None,
        weighed=weighted.answers if weighted else 0,
        size=weighted.size if weighted else sample.size,
    )


def enough(sample: Sample | None) -> Sample | None:
    """``sample`` where its figures may be shown."""
    return sample if sample is not None and sample.answers >= rules.LEAST_CELL else None


def measured(question: Question, values: Values) -> Result | None:
    """What ``question`` got; None where too few answered it, or in words."""
    whole = values.get("") if question.kind == "multiple" else None
    asked_for = [str(mark) for mark in question.marks] or list(question.choices)
    # What an earlier version offered counts on; what a question of another kind got is none of it.
    order = dict.fromkeys([*asked_for, *(value for value in sorted(values) if value and not question.marks)])
    cells = {value: values.get(value, Cell()) for value in order}
    plain = enough(sampling.plain(cells, of=whole))
    if plain is None:
        return None
    weighted = enough(sampling.weighted(cells, of=whole))
    return Result(
        question=question,
        answers=plain.answers,
        lines=[_line(value, cells[value], plain, weighted) for value in order],
        mean=_mean(question, plain),
        weighted_mean=_mean(question, weighted),
        glad=_glad(question, plain),
        weighted_glad=_glad(question, weighted),
    )


def _line(value: str, cell: Cell, plain: Sample, weighted: Sample | None) -> Line:
    return Line(
        value=value,
        answers=cell.answers,
        share=rating.share(plain.shares[value], size=plain.size),
        weighted=rating.share(weighted.shares[value], size=weighted.size) if weighted else None,
    )


def _mean(question: Question, sample: Sample | None) -> Estimate | None:
    if sample is None or not question.marks:
        return None
    return rating.mean(sample, lowest=question.marks[0], highest=question.marks[-1])


def _glad(question: Question, sample: Sample | None) -> Estimate | None:
    if sample is None or not rating.has_glad(question.kind):
        return None
    return rating.glad(sample, kind=question.kind)


def _loyalty(sample: Sample | None, rule: Rule) -> Loyalty | None:
    return loyalty.loyalty(sample, rule=rule) if enough(sample) and sample else None


def _of_class(values: Mapping[str, Cell], kind: str) -> Iterable[int]:
    return (cell.answers for mark, cell in values.items() if rules.class_of(int(mark)) == kind)
