"""A survey's figures as pictures."""

from functools import partial
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.insight import drawing, mapping, ranging
from leumund.insight.ranging import Row
from leumund.kit import clock, language
from leumund.surveys.figures import measuring, relating, ruling, trends
from leumund.surveys.figures.breakdowns import Breakdown
from leumund.surveys.figures.driving import Driver
from leumund.web import saying
from leumund.web.console import charts, entering, naming
from leumund.web.console.surveys import survey_results, survey_words
from leumund.web.saying import Saying


class SurveyChartController(Controller):
    """``/console/charts/surveys/<key>/<name>.svg``, with ``year`` and ``by`` as their pages have them."""

    path = "/charts/surveys/{key:str}"

    @get("/course.svg")
    async def course(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        await entering.member(request, survey_results.SEE)
        say = await saying.here(request)
        async with entering.figures(request):
            await survey_results.known(key)
            found = await trends.course(key=key, time_zone=say.zone.key, year=survey_results.of_year(request))
        today, look = clock.now().astimezone(say.zone).date(), await charts.look(request, say)
        return await charts.picture(partial(drawing.nps, found, look=look, today=today))

    @get("/types.svg")
    async def types(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        await entering.member(request, survey_results.SEE)
        say, year = await saying.here(request), survey_results.of_year(request)
        async with entering.figures(request):
            asked, rule = await survey_results.known(key), await ruling.rule(key=key)
            report = await measuring.report(asked=asked, rule=rule, time_zone=say.zone.key, year=year)
        if report.loyalty is None:
            raise naming.NoSuchPage("errors.http.404.message")
        return await charts.picture(partial(mapping.types, report.loyalty.types, look=await charts.look(request, say)))

    @get("/parts.svg")
    async def parts(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        await entering.member(request, survey_results.SEE)
        say = await saying.here(request)
        async with entering.figures(request):
            asked, year = await survey_results.known(key), survey_results.of_year(request)
            fact = survey_results.of_choice(request, await survey_results.facts_of(asked))
            found = await survey_results.parts_of(asked, fact, time_zone=say.zone.key, year=year)
        names = _names("plain", "weighted", say)
        title = language.text("figures.parts_title", say.lang, fact=survey_words.fact(fact, say.lang))
        rows = _of_parts(found, say)
        draw = partial(ranging.ranges, rows, scale=ranging.around(rows, lowest=-100, highest=100, step=25))
        return await charts.picture(partial(draw, title=title, names=names, look=await charts.look(request, say)))

    @get("/drivers.svg")
    async def drivers(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        await entering.member(request, survey_results.SEE)
        say = await saying.here(request)
        async with entering.figures(request):
            asked = await survey_results.known(key)
            patterns = await relating.patterns(asked=asked)
        words = {question.key: question.text(say.lang).question for question in asked.drivers}
        look, names = await charts.look(request, say), _names("together", "apart", say)

        def draw() -> str:
            rows = _of_drivers(relating.related(asked, patterns), words)
            title = language.text("figures.drivers", say.lang)
            scale = ranging.around(rows, lowest=-1, highest=1, step=0.25)
            return ranging.ranges(rows, scale=scale, title=title, names=names, look=look)

        return await charts.picture(draw)


def _of_parts(found: Breakdown, say: Saying) -> list[Row]:
    return [
        Row(name=survey_words.part(found.fact, part.value, say), first=part.nps.plain, second=part.nps.weighted)
        for part in found.parts
        if part.nps
    ]


def _of_drivers(found: list[Driver], words: dict[str, str]) -> list[Row]:
    return [Row(name=words[each.question], first=each.together, second=each.apart) for each in found if each.together]


def _names(first: str, second: str, say: Saying) -> tuple[str, str]:
    return language.text(f"figures.legend.{first}", say.lang), language.text(f"figures.legend.{second}", say.lang)
