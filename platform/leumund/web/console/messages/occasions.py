"""Occasions: which there are, how many people they come for soon, what each did, and whether it did any good."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.customers.segments import reading as segments
from leumund.insight import comparing
from leumund.insight.comparing import Compared
from leumund.kit import clock
from leumund.occasions import carding, drafting, foreseeing, listing, publishing, reading
from leumund.occasions.publishing import NotNow
from leumund.occasions.reading import Standing
from leumund.staff import members
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import entering, naming
from leumund.web.console.customers.segments import tells
from leumund.web.forms import UNTRIED, Tried

SEE, MANAGE = "occasions.see", "occasions.manage"
HERE = "/console/occasions"
_DONE = ("published", "paused", "running", "ended")


class OccasionController(Controller):
    """``/console/occasions`` and each of them below it."""

    path = "/occasions"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            occasions = await reading.every()
            due = await foreseeing.all_due(occasions=occasions, at=clock.now())
            cards = await carding.number()
        return await entering.page(
            request,
            who,
            "console_occasions.html",
            say=say,
            occasions=occasions,
            due=due,
            cards=cards,
            days=foreseeing.DAYS,
            templates=[*drafting.TEMPLATES],
        )

    @post()
    async def start(self, request: Request[Any, Any, Any]) -> Redirect:
        """A draft from a template, opened at once."""
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        template = forms.chosen(sent, "template", [*drafting.TEMPLATES], fault="errors.occasions.unknown")
        async with entering.inside(request):
            occasion = await drafting.start(
                template=template, lang=entering.language(request), by=who.id, at=clock.now()
            )
        return entering.redirect(request, f"{HERE}/{occasion}/draft")

    @get("/{occasion:str}")
    async def show(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await page(request, who, naming.known(occasion), forms.done(request, _DONE))

    @post("/{occasion:str}/pause")
    async def pause(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[Any]:
        return await _move(request, occasion, "paused", publishing.pause)

    @post("/{occasion:str}/resumption")
    async def resume(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[Any]:
        return await _move(request, occasion, "running", publishing.resume)

    @post("/{occasion:str}/end")
    async def end(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[Any]:
        return await _move(request, occasion, "ended", publishing.end)


async def page(request: Request[Any, Any, Any], who: Member, occasion: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """One occasion: some ten queries, however many people are in it."""
    say, state = await saying.here(request), naming.chosen(request, "state", listing.STATES)
    async with entering.reading(request):
        standing = await reading.known(occasion=occasion)
        purposes = await reading.purposes()
        due = await foreseeing.due(definition=standing.counts, at=clock.now())
        runs = await listing.runs(occasion=occasion, state=state, after=paging.after(request), limit=paging.ROWS)
        found = await _found(standing)
        kept = {str(each.id): each for each in await segments.every()}.get(standing.counts.segment)
        names = {f"staff:{each.id}": each.name for each in await members.everybody()}
    # Of a segment that ended nobody looks up what it asked.
    is_told = tells(kept, who) if kept else not standing.counts.segment or who.may("scores.see")
    return await entering.page(
        request,
        who,
        "console_occasion.html",
        say=say,
        standing=standing,
        purpose=asked.title(say.lang) if (asked := purposes.get(standing.counts.purpose)) else standing.counts.purpose,
        segment=kept.name if kept else "",
        due=due,
        days=foreseeing.DAYS,
        is_told=is_told,
        runs=runs.rows if is_told else [],
        ways=paging.onward(request, runs),
        state=state,
        states=listing.STATES,
        found=found,
        compared_days=comparing.OCCASION_DAYS,
        names=names,
        **tried.shown(),
    )


async def _found(standing: Standing) -> Compared | None:
    """Nothing where nobody is drawn to compare with: then nobody is counted."""
    if not standing.counts.control_percent:
        return None
    return await comparing.of_occasion(occasion=standing.id, goal=standing.counts.goal, at=clock.now())


async def _move(
    request: Request[Any, Any, Any], occasion: str, done: str, deed: Callable[..., Awaitable[None]]
) -> Response[Any]:
    who = await entering.member(request, MANAGE)
    known = naming.known(occasion)
    try:
        async with entering.inside(request):
            await deed(occasion=known, actor=who.actor, at=clock.now())
    except NotNow as fault:
        return await page(request, who, known, forms.refused({}, fault, entering.language(request)))
    return entering.redirect(request, f"{HERE}/{known}?done={done}")
