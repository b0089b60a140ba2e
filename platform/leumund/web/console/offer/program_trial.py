"""Try a program's draft on what happened: "this would have paid ...", on a page and as a file."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.kit import clock, language
from leumund.programs import drafting, publishing, telling
from leumund.programs.drafting import InWork
from leumund.rewards.trial import trying
from leumund.rewards.trial.trying import Sum, Tried
from leumund.web import paging, saying
from leumund.web.console import entering, taking_along
from leumund.web.console.offer import program_pages, program_words
from leumund.web.console.offer.program_pages import WRITE
from leumund.web.forms import UNTRIED
from leumund.web.saying import Saying

_HEAD = ("month", "side", "kind", "rewards", "sum", "currency")
_A_YEAR = timedelta(days=365)


class Span(NamedTuple):
    """From the beginning of ``first`` to the end of ``last``, by the company's clocks."""

    first: date
    last: date

    def moments(self, say: Saying) -> tuple[datetime, datetime]:
        beginning, over = [
            datetime.combine(day, time(), say.zone) for day in (self.first, self.last + timedelta(days=1))
        ]
        return beginning, over


class ProgramTrialController(Controller):
    """``/console/program/<program>/trial``, for the days ``from`` and ``until``, and its ``file``."""

    path = "/program/{program:str}/trial"

    @get()
    async def show(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        """Four queries beside the session's, of which one reads a year's events."""
        who, say = await entering.member(request, WRITE), await saying.here(request)
        work, span, tried = await _tried(request, program, say)
        return await entering.page(
            request,
            who,
            "console_program_trial.html",
            say=say,
            work=work,
            title=program_words.title(work.terms, say.lang),
            step="trial",
            steps=program_pages.steps(work),
            faults={},
            span=span,
            tried=tried,
            rules=dict(_rules(work, say)),
            sides={rule.key: rule.side for rule in publishing.keyed(work.terms.rules)},
            most=trying.MOST_EVENTS,
            **UNTRIED.shown(),
        )

    @get("/file")
    async def take(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[Any]:
        """The page's sums by month; nothing in it is about a person."""
        await entering.member(request, WRITE)
        say = await saying.here(request)
        _, _, tried = await _tried(request, program, say)
        head = [language.text(f"programs.trial.file.{name}", say.lang) for name in _HEAD]
        return taking_along.table(_lines(tried, say), head=head, form="csv", name="trial", lang=say.lang)


async def _tried(request: Request[Any, Any, Any], program: str, say: Saying) -> tuple[InWork, Span, Tried]:
    """What the address asks for; what is no day is the last twelve months."""
    today = clock.now().astimezone(say.zone).date()
    last = say.dated(paging.asked(request, "until")) or today
    span = Span(say.dated(paging.asked(request, "from")) or last - _A_YEAR, last)
    since, until = span.moments(say)
    async with entering.figures(request):
        work = await drafting.in_work(key=program)
        tried = await trying.try_out(work=work, zone=say.zone.key, since=since, until=until)
    return work, span, tried


def _rules(work: InWork, say: Saying) -> Iterator[tuple[str, str]]:
    """Each rule's words by its key."""
    spoken = program_pages.speech(work.terms, say)
    for rule in publishing.keyed(work.terms.rules):
        yield rule.key, telling.whole(rule, spoken)


def _lines(tried: Tried, say: Saying) -> Iterator[list[object]]:
    for month, sums in tried.months.items():
        yield from ([f"{month:%Y-%m}", *_cells(one, say)] for one in sums)


def _cells(one: Sum, say: Saying) -> list[object]:
    words = [language.text(f"data.word.{word}", say.lang) for word in (one.side, one.kind)]
    return [*words, one.rewards, say.money(one.cents, one.currency), one.currency]
