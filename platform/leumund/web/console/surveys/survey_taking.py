"""A survey's figures as a file: aggregates alone, for a reason and with a fresh code, and noted."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath

from leumund.audit import noting
from leumund.kit import clock, language
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.surveys.figures import breakdowns, measuring, ruling, trends
from leumund.surveys.figures.sampling import Estimate
from leumund.web import forms, saying
from leumund.web.console import confirming, entering, taking_along
from leumund.web.console.surveys import survey_results, survey_words
from leumund.web.forms import NotChosen
from leumund.web.saying import Saying

_HEAD = (
    "what",
    "of",
    "value",
    "answers",
    "figure",
    "low",
    "high",
    "weighted",
    "weighted_low",
    "weighted_high",
    "verdict",
)
Line = list[object]


class SurveyTakingController(Controller):
    """``/console/surveys/results/<key>/export``."""

    path = "/surveys/results/{key:str}/export"
    request_max_body_size = forms.MOST_BODY_BYTES

    @post(status_code=200)
    async def export(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
        """What the pages show and no more, so that nothing is in the file that is hidden there."""
        who, sent = await entering.member(request, survey_results.EXPORT), await forms.filled(request)
        say, year = await saying.here(request), survey_results.number(sent.get("year", ""))
        try:
            form = taking_along.form(sent)
            deed = partial(_taken, key, year, taking_along.reason(sent), who, say)
            lines = await confirming.with_code(request, who, sent.get("code", ""), deed)
        except (NotChosen, WrongCode) as fault:
            return await survey_results.page(request, who, key, year, forms.refused(sent, fault, say.lang))
        head = [language.text(f"figures.file.{name}", say.lang) for name in _HEAD]
        return taking_along.table(lines, head=head, form=form, name=f"survey-{key}", lang=say.lang)


async def _taken(key: str, year: int | None, reason: str, who: Member, say: Saying) -> list[Line]:
    asked, rule = await survey_results.known(key), await ruling.rule(key=key)
    report = await measuring.report(asked=asked, rule=rule, time_zone=say.zone.key, year=year)
    course = await trends.course(key=key, time_zone=say.zone.key, year=year)
    facts = await survey_results.facts_of(asked)
    parts = [await survey_results.parts_of(asked, fact, time_zone=say.zone.key, year=year) for fact in facts]
    detail = {"survey": key, "year": year, "reason": reason}
    await noting.note(actor=who.actor, action="surveys.figures_exported", detail=detail, at=clock.now())
    return [*_of_report(report, say), *_of_course(course), *(line for each in parts for line in _of_parts(each, say))]


def _of_report(report: measuring.Report, say: Saying) -> Iterator[Line]:
    if report.nps:
        yield _line("nps", "", "", report.nps.answers, report.nps.plain, report.nps.weighted)
    if report.loyalty:
        other = report.weighted_loyalty
        yield _line("loyalty", "", "", report.loyalty.answers, report.loyalty.index, other.index if other else None)
        for name, share in report.loyalty.types.items():
            yield _line("type", "", name, report.loyalty.answers, share, other.types[name] if other else None)
    for result in report.results:
        said = result.question.key
        if result.mean:
            yield _line("mean", said, "", result.answers, result.mean, result.weighted_mean)
        if result.glad:
            yield _line("glad", said, "", result.answers, result.glad, result.weighted_glad)
        for line in result.lines:
            yield _line(
                "share",
                said,
                survey_words.choice(result.question, line.value, say.lang),
                line.answers,
                line.share,
                line.weighted,
            )


def _of_course(course: trends.Course) -> Iterator[Line]:
    for period in course.periods:
        if period.shown and period.figures.nps is not None:
            plain = Estimate(value=period.figures.nps, low=period.figures.low or 0.0, high=period.figures.high or 0.0)
            verdict = period.change.verdict if period.change else ""
            yield _line(
                course.step,
                "nps",
                period.first_date.isoformat(),
                period.figures.answers,
                plain,
                period.weighted,
                verdict,
            )


def _of_parts(found: breakdowns.Breakdown, say: Saying) -> Iterator[Line]:
    for part in found.parts:
        if part.nps:
            verdict = part.change.verdict if part.change else ""
            name = survey_words.part(found.fact, part.value, say)
            yield _line(
                "part",
                survey_words.fact(found.fact, say.lang),
                name,
                part.nps.answers,
                part.nps.plain,
                part.nps.weighted,
                verdict,
            )


def _line(
    what: str, of: str, value: str, answers: int, plain: Estimate, weighted: Estimate | None, verdict: str = ""
) -> Line:
    other: Line = ["", "", ""] if weighted is None else _numbers(weighted)
    return [what, of, value, answers, *_numbers(plain), *other, verdict]


def _numbers(found: Estimate) -> Line:
    return [round(found.value, 4), round(found.low, 4), round(found.high, 4)]
