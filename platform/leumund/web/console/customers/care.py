"""Follow-ups: the list of people who are looked after, and the page of one of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from leumund.customers.records import finding as people
from leumund.customers.records.finding import Person
from leumund.kit import clock
from leumund.messages.words import penning
from leumund.messages.words.penning import Penned
from leumund.rewards import listing as earnings
from leumund.staff import members
from leumund.staff.members import Member
from leumund.surveys.answers import listing as answers
from leumund.surveys.answers.listing import Whole
from leumund.surveys.caring import arranging, finding, listing, measuring, replying, rules
from leumund.surveys.caring.finding import Case, Note, Step
from leumund.surveys.caring.listing import Listed, Wanted
from leumund.surveys.questions.moods import MOODS
from leumund.web import paging, saying
from leumund.web.console import entering, naming
from leumund.web.forms import UNTRIED, Tried

Row = TypeVar("Row")
HERE = "/console/care"
SEE, WORK, MANAGE = "care.see", "care.work", "care.manage"
# How many of somebody's purchases and earlier answers a page tells: in short, since their own page has them all.
_IN_SHORT = 5


class Dossier(NamedTuple):
    """All that one page tells of a case; what its reader may not see is None.

    ``able`` are those who may work on it, ``hindrance`` is why no mail may go to the person, None where it may.
    """

    case: Case
    person: Person
    steps: list[Step]
    notes: list[Note]
    letters: list[Penned]
    names: Mapping[str, str]
    able: list[Member]
    hindrance: str | None
    others: list[Listed]
    answers: list[Whole] | None
    purchases: list[dict[str, Any]] | None


class CareController(Controller):
    """``/console/care`` and one case's page."""

    path = "/care"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Six queries, however many cases there are: the session, the list, and four of figures."""
        who, say, now = await entering.member(request, SEE), await saying.here(request), clock.now()
        wanted = Wanted(
            view=naming.chosen(request, "view", listing.VIEWS) or listing.VIEWS[0],
            mood=naming.chosen(request, "mood", MOODS),
            owner=who.id if (mine := paging.asked(request, "mine") == "yes") else None,
        )
        async with entering.reading(request):
            page = await listing.cases(wanted=wanted, at=now, after=paging.after(request))
        async with entering.figures(request):
            loop = await measuring.loop(member=who.id, at=now)
        return await entering.page(
            request,
            who,
            "console_care.html",
            say=say,
            now=now,
            cases=page.rows,
            ways=paging.onward(request, page),
            loop_of=loop,
            wanted=wanted,
            mine=mine,
            views=listing.VIEWS,
            moods=MOODS,
            period_days=measuring.PERIOD.days,
        )

    @get("/{case:str}")
    async def show(self, request: Request[Any, Any, Any], case: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await page(request, who, naming.known(case))


async def page(
    request: Request[Any, Any, Any], who: Member, case: UUID, tried: Tried = UNTRIED, *, revealed: bool = False
) -> Response[str]:
    """One case with all that may be done to it, and what was wrong with the last try; a dozen queries."""
    say = await saying.here(request)
    async with entering.reading(request):
        seen = await _look(case, who)
    return await entering.page(
        request,
        who,
        "console_care_case.html",
        say=say,
        now=clock.now(),
        seen=seen,
        case=seen.case,
        outcomes=rules.outcomes(mood=seen.case.mood, contacted=seen.case.contacted_at is not None),
        contact_ways=rules.WAYS,
        revealed=revealed,
        **tried.shown(),
    )


async def _look(case: UUID, who: Member) -> Dossier:
    found = await finding.find(case=case)
    earlier = await answers.answers_of(customer=found.customer) if who.may("surveys.see") else None
    bought = who.may("referrals.see")
    return Dossier(
        case=found,
        person=await people.seen(customer=found.customer),
        steps=await finding.story(case=case),
        notes=await finding.notes(of=found),
        letters=await penning.about(customer=found.customer, subject_id=case),
        names=await members.names(),
        able=await arranging.able() if who.may(WORK) else [],
        hindrance=await replying.hindrance(case=found, at=clock.now()),
        others=[each for each in await listing.of(customer=found.customer) if each.id != case],
        answers=_in_short(None if earlier is None else [each for each in earlier if each.id != found.answer]),
        purchases=_in_short(await earnings.purchases_of(customer=found.customer) if bought else None),
    )


def _in_short(rows: Sequence[Row] | None) -> list[Row] | None:
    return None if rows is None else [*rows[:_IN_SHORT]]
