"""What answers to a survey say together: as a whole, part by part, and which ratings go with recommending."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio
from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.insight import ranging
from leumund.kit import language
from leumund.staff.members import Member
from leumund.surveys import rules
from leumund.surveys.figures import asked as asking
from leumund.surveys.figures import breakdowns, comparing, crossing, expanding, measuring, relating, ruling, trends
from leumund.surveys.figures.asked import Asked
from leumund.surveys.figures.breakdowns import Breakdown
from leumund.surveys.studio.publishing import NoSurvey
from leumund.web import paging, saying
from leumund.web.console import entering, naming, overview, taking_along
from leumund.web.console.surveys import survey_words
from leumund.web.forms import UNTRIED, Tried

SEE, EXPORT, RULE = "surveys.see", "surveys.export", "surveys.invite"


class SurveyResultController(Controller):
    """``/console/surveys/results/<key>``, its ``parts`` and its ``drivers``."""

    path = "/surveys/results/{key:str}"

    @get()
    async def show(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        return await page(request, await entering.member(request, SEE), key, of_year(request))

    @get("/parts")
    async def parts(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.figures(request):
            asked = await known(key)
            facts = await facts_of(asked)
            fact, year = of_choice(request, facts), of_year(request)
            found = await parts_of(asked, fact, time_zone=say.zone.key, year=year)
        shown = [(survey_words.part(fact, part.value, say), part) for part in found.parts if part.nps]
        return await entering.page(
            request,
            who,
            "console_results_parts.html",
            say=say,
            asked=asked,
            facts=[(each, survey_words.fact(each, say.lang)) for each in facts],
            named=survey_words.fact(fact, say.lang),
            found=found,
            parts=shown,
            told="; ".join(f"{name}: {say.score(part.nps.plain.value)}" for name, part in shown if part.nps),
            year=year,
            years=_years(found.years, year, say.lang),
            least=rules.LEAST_CELL,
        )

    @get("/drivers")
    async def drivers(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.figures(request):
            asked = await known(key)
            patterns = await relating.patterns(asked=asked)
        # Beside the event loop: many ratings take a moment to reckon.
        found = await anyio.to_thread.run_sync(partial(relating.related, asked, patterns))
        return await entering.page(
            request,
            who,
            "console_results_drivers.html",
            say=say,
            asked=asked,
            found=found,
            strong=[each for each in found if each.together],
            answers=sum(each.answers for each in patterns),
            words={question.key: question.text(say.lang).question for question in asked.drivers},
            fewest=comparing.FEWEST,
            most=relating.MOST_ANSWERS,
            drawn_rows=ranging.MOST_ROWS,
        )


async def page(
    request: Request[Any, Any, Any], who: Member, key: str, year: int | None, tried: Tried = UNTRIED
) -> Response[str]:
    """The survey as a whole; four queries beside the session's. Raises NoSuchPage."""
    say = await saying.here(request)
    async with entering.figures(request):
        asked = await known(key)
        rule = await ruling.rule(key=key)
        report = await measuring.report(asked=asked, rule=rule, time_zone=say.zone.key, year=year)
        course = await trends.course(key=key, time_zone=say.zone.key, year=year)
    return await entering.page(
        request,
        who,
        "console_results.html",
        say=say,
        asked=asked,
        rule=rule,
        report=report,
        course=course,
        steps=overview.course(course, say),
        year=year,
        years=_years(report.years, year, say.lang),
        may_export=who.may(EXPORT),
        may_rule=who.may(RULE),
        reasons=taking_along.reasons(say.lang),
        reason=tried.sent.get("reason", ""),
        **tried.shown(form="csv"),
    )


async def known(key: str) -> Asked:
    """The survey an address names. Raises NoSuchPage."""
    try:
        return await asking.asked(key=key)
    except NoSurvey:
        raise naming.NoSuchPage("errors.http.404.message") from None


async def facts_of(asked: Asked) -> list[str]:
    """By what a survey can be broken down: facts of its answers, and segments where it is known who gave them."""
    return [*await breakdowns.facts(key=asked.key), *([crossing.SEGMENT] if asked.named else [])]


async def parts_of(asked: Asked, fact: str, *, time_zone: str, year: int | None) -> Breakdown:
    """One breakdown; that by segments is of all years, as segments are those of today. Two queries."""
    if fact == crossing.SEGMENT:
        return await crossing.by_segments(key=asked.key)
    return await breakdowns.broken_down(key=asked.key, fact=fact, time_zone=time_zone, year=year)


def of_year(request: Request[Any, Any, Any]) -> int | None:
    """The year the address asks for; all of them where it asks for none."""
    return number(paging.asked(request, "year"))


def of_choice(request: Request[Any, Any, Any], facts: list[str]) -> str:
    """The fact the address asks for, else the first of the company's own, else the channel."""
    own = [fact for fact in facts if not fact.startswith("@")]
    return naming.chosen(request, "by", facts) or next(iter(own), expanding.CHANNEL)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else None


def _years(years: Sequence[int], year: int | None, lang: str) -> list[tuple[str, str]]:
    """What a filter offers: all of them first, then each, the newest first."""
    every = sorted({*years, *([year] if year else [])}, reverse=True)
    return [("", language.text("figures.all_years", lang)), *((str(each), str(each)) for each in every)]
