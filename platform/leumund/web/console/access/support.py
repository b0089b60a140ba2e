"""What operators ask to see, what an owner answered, and what they looked at since."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.audit import listing
from leumund.audit.listing import Entry
from leumund.insight import tracing
from leumund.insight.tracing import Trace
from leumund.kit import clock
from leumund.kit.cursors import Page
from leumund.kit.faults import Refused
from leumund.staff import members
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.support import answers, ending, granting
from leumund.support.answers import Answer, AnswerUnknown
from leumund.support.granting import AlreadyAnswered, Terms
from leumund.web import forms, paging, saying
from leumund.web.console import entering, listening
from leumund.web.forms import UNTRIED, Tried

_HERE = "/console/support"


class Story(NamedTuple):
    """One request's answer, who gave it, and all the log knows of it, with the customers that were looked at."""

    answer: Answer
    by: str
    entries: Page[Entry]
    names: dict[str, str]
    traces: dict[UUID, Trace]

    def shown(self, entry: Entry) -> str:
        """The name of the customer whose record was looked at, while they are here."""
        trace = self.traces.get(UUID(str(entry.detail["customer"])))
        return trace.name if trace else ""


class SupportController(Controller):
    """``/console/support``, one request's page, and its ``grant``, ``refusal`` and ``end``."""

    path = "/support"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, listening.SEE), await saying.here(request)
        async with entering.reading(request):
            answered = await answers.every()
        return await entering.page(
            request,
            who,
            "console_support.html",
            say=say,
            waiting=listening.unanswered(await listening.heard(request), answered),
            answers=answered,
            now=clock.now(),
        )

    @get("/{asked:uuid}")
    async def show(self, request: Request[Any, Any, Any], asked: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, listening.SEE)
        return await _page(request, who, asked)

    @post("/{asked:uuid}/grant", status_code=200)
    async def grant(self, request: Request[Any, Any, Any], asked: FromPath[UUID]) -> Response[str] | Redirect:
        """A browser left open grants nothing: the code is asked for again, and is good once."""
        who, sent = await entering.member(request, listening.DECIDE), await forms.filled(request)
        found, at = await listening.find(request, asked), clock.now()
        terms = Terms(
            rooms=[room for room in found.rooms if forms.ticked(sent, room)], hours=forms.whole(sent, "hours")
        )
        try:
            async with entering.inside(request):
                done = await granting.grant(asked=found, terms=terms, by=who.id, code=sent.get("code", ""), at=at)
        except Refused as fault:
            return await _page(request, who, asked, forms.refused(sent, fault, entering.language(request)))
        if not done:
            return await _page(request, who, asked, forms.refused(sent, WrongCode(), entering.language(request)))
        return entering.redirect(request, f"{_HERE}/{asked}")

    @post("/{asked:uuid}/refusal", status_code=200)
    async def refuse(self, request: Request[Any, Any, Any], asked: FromPath[UUID]) -> Response[str] | Redirect:
        who = await entering.member(request, listening.DECIDE)
        found = await listening.find(request, asked)
        try:
            async with entering.inside(request):
                await granting.refuse(asked=found, by=who.id, at=clock.now())
        except AlreadyAnswered as fault:
            return await _page(request, who, asked, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}/{asked}")

    @post("/{asked:uuid}/end")
    async def end(self, request: Request[Any, Any, Any], asked: FromPath[UUID]) -> Redirect:
        who = await entering.member(request, listening.DECIDE)
        async with entering.inside(request):
            await ending.end(request=asked, by=who.id, at=clock.now())
        return entering.redirect(request, f"{_HERE}/{asked}")


async def _page(request: Request[Any, Any, Any], who: Member, asked: UUID, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        story = await _story(request, asked)
    waiting = await listening.find(request, asked) if story is None else None
    return await entering.page(
        request,
        who,
        "console_support_request.html",
        say=say,
        asked=waiting,
        story=story,
        ways=paging.onward(request, story.entries) if story else None,
        now=clock.now(),
        **tried.shown(),
    )


async def _story(request: Request[Any, Any, Any], asked: UUID) -> Story | None:
    try:
        answer = await answers.find(request=asked)
    except AnswerUnknown:
        return None
    page = await listing.page(after=paging.after(request), subject=asked, since=answer.answered_at)
    seen = {UUID(str(entry.detail["customer"])) for entry in page.rows if "customer" in entry.detail}
    names = await members.names()
    by = names[f"staff:{answer.answered_by}"]
    return Story(answer, by, page, names, await tracing.trace(subjects=seen))
