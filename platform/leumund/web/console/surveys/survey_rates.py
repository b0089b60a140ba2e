"""How many of those who were asked answer, over all surveys: a page, and the same as a file."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get, post

from leumund.audit import noting
from leumund.insight import dating
from leumund.kit import clock, language, spreadsheets
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.surveys.asking import gauging
from leumund.surveys.asking.gauging import Gauged, Told
from leumund.surveys.rules import LEAST_CELL
from leumund.surveys.studio import publishing
from leumund.web import answering, forms, paging, saying
from leumund.web.console import confirming, entering, taking_along
from leumund.web.console.surveys import survey_results, waves
from leumund.web.forms import UNTRIED, NotChosen, Tried
from leumund.web.saying import Saying

_HEAD = ("by", "name", "asked", "reached", "answered", "untold", "rate", "low", "high")
_MONTHS = 12
Line = list[object]


class Asked(NamedTuple):
    """Which time an address asks for, a year or None for the last twelve months, and which survey, "" for all."""

    year: int | None
    key: str

    def span(self, say: Saying, at: datetime) -> tuple[datetime, datetime]:
        """From when until when, by whole months of the company's clocks."""
        today = at.astimezone(say.zone)
        months = 12 * today.year + today.month
        first, over = (months - _MONTHS, months) if self.year is None else (12 * self.year, 12 * (self.year + 1))
        return _first_of(first, say), _first_of(over, say)


class SurveyRateController(Controller):
    """``/console/surveys/rates``, for a ``year`` and a ``survey``, and its ``export``."""

    path = "/surveys/rates"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, survey_results.SEE)
        asked = {name: paging.asked(request, name) for name in ("year", "survey")}
        return await _page(request, who, _asked(asked))

    @post("/export", status_code=200)
    async def export(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What the page shows and no more."""
        who, sent = await entering.member(request, survey_results.EXPORT), await forms.filled(request)
        say, asked = await saying.here(request), _asked(sent)
        try:
            deed = partial(_taken, asked, taking_along.reason(sent), who, say)
            lines = await confirming.with_code(request, who, sent.get("code", ""), deed)
        except (NotChosen, WrongCode) as fault:
            return await _page(request, who, asked, forms.refused(sent, fault, say.lang))
        head = [language.text(f"rates.file.{name}", say.lang) for name in _HEAD]
        return answering.file(spreadsheets.csv_of(head, lines, language=say.lang), name="survey-rates.csv")


async def _page(request: Request[Any, Any, Any], who: Member, asked: Asked, tried: Tried = UNTRIED) -> Response[str]:
    """Five queries beside the session's; those over a year's invitations may take a moment of a replica's."""
    say, at = await saying.here(request), clock.now()
    async with entering.figures(request):
        found, titles = await _found(asked, say, at), await _titles(say)
        first = await gauging.first_year(at=at)
    years = [str(year) for year in range(at.astimezone(say.zone).year, first - 1, -1)]
    return await entering.page(
        request,
        who,
        "console_rates.html",
        say=say,
        asked=asked,
        found=found,
        titles=titles,
        months=[(_month(day, say.lang), told) for day, told in reversed([*found.by_month.items()])],
        reasons=waves.reasons(found.held),
        years=[("", language.text("rates.last_months", say.lang)), *((year, year) for year in years)],
        surveys=[("", language.text("rates.all_surveys", say.lang)), *titles.items()],
        least=LEAST_CELL,
        may_export=who.may(survey_results.EXPORT),
        choices=taking_along.reasons(say.lang),
        reason=tried.sent.get("reason", ""),
        **tried.shown(),
    )


async def _found(asked: Asked, say: Saying, at: datetime) -> Gauged:
    since, until = asked.span(say, at)
    return await gauging.gauge(since=since, until=until, key=asked.key, time_zone=say.zone.key)


async def _titles(say: Saying) -> dict[str, str]:
    return {each.key: each.definition.title(say.lang) for each in await publishing.every()}


async def _taken(asked: Asked, reason: str, who: Member, say: Saying) -> list[Line]:
    at = clock.now()
    found, titles = await _found(asked, say, at), await _titles(say)
    detail = {"survey": asked.key, "year": asked.year, "reason": reason}
    await noting.note(actor=who.actor, action="surveys.rates_exported", detail=detail, at=at)
    return [*_lines(found, titles, say)]


def _lines(found: Gauged, titles: Mapping[str, str], say: Saying) -> Iterator[Line]:
    yield _line("whole", "", found.whole, say)
    for day, told in found.by_month.items():
        yield _line("month", day.strftime("%Y-%m"), told, say)
    for key, told in found.by_survey.items():
        yield _line("survey", titles.get(key, key), told, say)
    for channel, told in found.by_channel.items():
        yield _line("channel", language.text(f"asking.channel.{channel}", say.lang), told, say)
    for wave in found.waves:
        yield _line("wave", f"{titles.get(wave.key, wave.key)}, {wave.first_at:%Y-%m-%d}", wave.told, say)
    for when, reason, people in waves.reasons(found.held):
        words = language.text(f"{'console.held' if when == 'sending' else 'asking.reason'}.{reason}", say.lang)
        told_when = language.text(f"rates.file.held{'.' + when if when else ''}", say.lang)
        yield [told_when, words, people, "", "", "", "", "", ""]


def _line(by: str, name: str, told: Told, say: Saying) -> Line:
    rate = [None if each is None else round(each, 4) for each in (told.rate.share, told.rate.low, told.rate.high)]
    shown = ["" if each is None else each for each in rate]
    return [
        language.text(f"rates.by.{by}", say.lang),
        name,
        told.asked,
        told.reached,
        told.answered,
        told.untold,
        *shown,
    ]


def _month(day: Any, lang: str) -> str:
    return dating.whole(day, step="month", lang=lang)


def _asked(sent: Mapping[str, str]) -> Asked:
    return Asked(survey_results.number(sent.get("year", "")), sent.get("survey", ""))


def _first_of(months: int, say: Saying) -> datetime:
    """The first of a month, which are counted from the year nought; a year there is not is the last one there is."""
    year, month = divmod(months, _MONTHS)
    return datetime(min(max(year, 1970), 9998), month + 1, 1, tzinfo=say.zone).astimezone(UTC)
