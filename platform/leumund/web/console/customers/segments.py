"""Segments: which there are, whom each means and what for, who is in one, and taking it along as a file."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.customers.segments import keeping, reading
from leumund.customers.segments.reading import Kept
from leumund.kit import clock
from leumund.segmenting import describing, listing, starting
from leumund.staff.members import Member
from leumund.surveys import rules as surveys
from leumund.web import forms, paging, saying
from leumund.web.console import entering, naming, taking_along
from leumund.web.console.customers import segment_words
from leumund.web.forms import UNTRIED, Tried

SEE, MANAGE = "segments.see", "segments.manage"
HERE = "/console/segments"
# What a file is for, out of a few: the log outlives people.
REASONS = ("post", "ads", "messages", "review")
_DONE = ("created", "changed", "computed", "ended", "started")


class SegmentController(Controller):
    """``/console/segments``, one segment's page, and what is done to it."""

    path = "/segments"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            lines = await listing.every()
        return await entering.page(
            request,
            who,
            "console_segments.html",
            say=say,
            lines=lines,
            named={line.kept.id: segment_words.named(line.kept, say.lang) for line in lines},
            least=surveys.LEAST_CELL,
            done=forms.done(request, _DONE).done,
        )

    @post("/starting")
    async def start(self, request: Request[Any, Any, Any]) -> Redirect:
        """Those that ship, which come by night otherwise."""
        await entering.member(request, MANAGE)
        async with entering.inside(request):
            await starting.start(at=clock.now())
        return entering.redirect(request, f"{HERE}?done=started")

    @get("/{segment:str}")
    async def show(self, request: Request[Any, Any, Any], segment: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await page(request, who, naming.known(segment), forms.done(request, _DONE))

    @post("/{segment:str}/computing")
    async def compute(self, request: Request[Any, Any, Any], segment: FromPath[str]) -> Redirect:
        await entering.member(request, MANAGE)
        async with entering.inside(request):
            kept = await reading.known(segment=naming.known(segment))
            await keeping.compute_soon(segment=kept.id, at=clock.now())
        return entering.redirect(request, f"{HERE}/{segment}?done=computed")

    @post("/{segment:str}/ending")
    async def end(self, request: Request[Any, Any, Any], segment: FromPath[str]) -> Redirect:
        who = await entering.member(request, MANAGE)
        async with entering.inside(request):
            await keeping.end(segment=naming.known(segment), actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{HERE}?done=ended")


async def page(request: Request[Any, Any, Any], who: Member, segment: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """One segment's page; what is wrong with the form that takes it along stands beside its field.

    Six queries at most where the list begins and seven further on, however many are in it.
    """
    say, failed = await saying.here(request), bool(tried.errors)
    async with entering.reading(request):
        kept = await reading.known(segment=segment)
        described = await describing.describe(kept=kept, at=clock.now())
        course = await listing.course(segment=segment)
        people = await _people(request, who, kept, failed)
    return await entering.page(
        request,
        who,
        "console_segment.html",
        say=say,
        kept=kept,
        named=segment_words.named(kept, say.lang),
        told=segment_words.told(kept.definition, say),
        described=described,
        course=course,
        is_told=tells(kept, who),
        people=people.rows if people else None,
        ways=paging.onward(request, people) if people and not failed else {"first": None, "next": None},
        least=surveys.LEAST_CELL,
        reasons=taking_along.reasons(say.lang, among=REASONS),
        **tried.shown(reason="", form="xlsx", with_c=""),
    )


async def _people(request: Request[Any, Any, Any], who: Member, kept: Kept, failed: bool) -> Any:
    """Who is in it, for whoever may see customers."""
    if not who.may("customers.see") or not tells(kept, who):
        return None
    return await listing.members(segment=kept.id, after=None if failed else paging.after(request))


def tells(kept: Kept, who: Member) -> bool:
    """Whether ``who`` may know who is in it: one that asks for a score tells it of everybody in it."""
    asks = any(condition.fact == "score" for condition in kept.definition.conditions)
    return not asks or who.may("scores.see") or who.may("cases.work")
