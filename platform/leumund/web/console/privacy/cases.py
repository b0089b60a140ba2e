"""Requests about data: the board by deadline, and one request's page."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.customers.records import finding as people
from leumund.customers.records.finding import Person
from leumund.customers.records.holding import Hold
from leumund.kit import clock
from leumund.privacy.cases import finding, listing, rules, telling
from leumund.privacy.cases.finding import Case, Step
from leumund.privacy.cases.telling import Notice
from leumund.privacy.forgetting import erasing
from leumund.privacy.forgetting.erasing import Blocker
from leumund.privacy.rights import carrying_out, lifting
from leumund.staff import members
from leumund.staff.members import Member
from leumund.web import paging, saying
from leumund.web.console import entering, naming
from leumund.web.forms import UNTRIED, Tried

HERE = "/console/cases"
SEE, WORK = "cases.see", "cases.work"


class Story(NamedTuple):
    """All that one page tells of a case: its steps with who took each, who has to be told, and what stands in the way.

    ``resting`` is the restriction it began, while that stands; ``record`` what is to be put right.
    """

    case: Case
    steps: list[Step]
    names: Mapping[str, str]
    notices: list[Notice]
    blockers: list[Blocker]
    resting: Hold | None
    record: Person | None

    @property
    def login_asked(self) -> bool:
        return any(step.what == "login_asked" for step in self.steps)


class CaseController(Controller):
    """``/console/cases`` and one case's page."""

    path = "/cases"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        kind = naming.chosen(request, "kind", rules.KINDS)
        mine = who.id if paging.asked(request, "mine") == "yes" else None
        today = rules.day_of(clock.now(), time_zone=say.zone.key)
        async with entering.reading(request):
            board = await listing.board(kind=kind, worker=mine)
            counts = await listing.counts(today=today)
            closed = await listing.closed(kind=kind, after=paging.after(request))
            untold = await telling.untold()
        return await entering.page(
            request,
            who,
            "console_cases.html",
            say=say,
            today=today,
            board=board,
            counts=counts,
            closed=closed.rows,
            ways=paging.onward(request, closed),
            untold=untold,
            kind=kind,
            mine=mine is not None,
            kinds=rules.KINDS,
        )

    @get("/{case:str}")
    async def show(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await page(request, who, naming.known(case))


async def page(request: Request[Any, Any, Any], who: Member, case: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """One case with all that may be done to it, and what was wrong with the last try."""
    say = await saying.here(request)
    async with entering.reading(request):
        story = await _story(case)
    received, today = (rules.day_of(each, time_zone=say.zone.key) for each in (story.case.received_at, clock.now()))
    return await entering.page(
        request,
        who,
        "console_case.html",
        say=say,
        today=today,
        story=story,
        case=story.case,
        first_month=rules.due(received),
        may_extend=rules.may_extend(received, today=today),
        outcomes=rules.by_hand(story.case.kind),
        extensions=rules.EXTENSIONS,
        refusals=rules.REFUSALS,
        copied=rules.COPIED,
        grounds=carrying_out.GROUNDS,
        **tried.shown(),
    )


async def _story(case: UUID) -> Story:
    found = await finding.find(case=case)
    steps = await finding.story(case=case)
    names = await members.names()
    wrong = found.kind == "rectification" and found.state == "in_work"
    erased = found.customer if found.kind == "erasure" and found.is_open else None
    return Story(
        case=found,
        steps=steps,
        names=names,
        notices=await telling.of(case=case),
        blockers=await erasing.blockers(customer=erased) if erased else [],
        resting=await lifting.resting(found),
        record=await people.by_id(customer=found.customer) if wrong and found.customer else None,
    )
