"""Waves of surveys: those there are, whom one would reach, how it goes, and stopping it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.company import agreeing
from leumund.company.agreeing import NotAgreed
from leumund.customers.segments import reading
from leumund.insight import comparing
from leumund.kit import clock
from leumund.kit.faults import Overtaken
from leumund.staff.members import Member
from leumund.surveys.asking import counting, ending, listing, planning
from leumund.surveys.asking.counting import Due, Progress
from leumund.surveys.asking.rules import REASONS
from leumund.surveys.rules import LEAST_CELL
from leumund.surveys.studio.publishing import NoSurvey
from leumund.web import forms, paging, saying
from leumund.web.console import entering
from leumund.web.console.customers import segment_words
from leumund.web.forms import UNTRIED, Mistyped, Tried

SEE, ASK = "surveys.see", "surveys.invite"
HERE = "/console/surveys/waves"
_DONE = ("discarded",)
_DONE_TO_ONE = ("released", "stopped")


class WaveController(Controller):
    """``/console/surveys/waves``; a GET of one that is a draft counts whom it would reach."""

    path = "/surveys/waves"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def list_all(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, tried = await entering.member(request, SEE), forms.done(request, _DONE)
        async with entering.reading(request):
            page = await listing.every(after=paging.after(request))
        say, at, ways = await saying.here(request), clock.now(), paging.onward(request, page)
        shown = tried.shown()
        return await entering.page(
            request, who, "console_waves.html", say=say, at=at, waves=page.rows, ways=ways, **shown
        )

    @get("/{wave:uuid}")
    async def show(self, request: Request[Any, Any, Any], wave: FromPath[UUID]) -> Response[str]:
        return await _page(request, await entering.member(request, SEE), wave, forms.done(request, _DONE_TO_ONE))

    @post("/{wave:uuid}/release", status_code=200)
    async def release(self, request: Request[Any, Any, Any], wave: FromPath[UUID]) -> Response[Any]:
        """Their number is typed out, so that nobody writes to more people than they were told of."""
        who, sent, at = await entering.member(request, ASK), await forms.filled(request), clock.now()
        try:
            async with entering.inside(request):
                await planning.release(wave=wave, actor=who.actor, at=at)
                # Another number undoes it all.
                due = await counting.due(wave=await listing.find(wave=wave), at=at)
                forms.require_typed(sent, name=_typed(due))
        except (Mistyped, Overtaken) as fault:
            return await _page(request, who, wave, forms.refused(sent, fault, entering.language(request)))
        except (NotAgreed, NoSurvey):
            return await _page(request, who, wave, Tried(status=409))
        return entering.redirect(request, f"{HERE}/{wave}?done=released")

    @post("/{wave:uuid}/discard", status_code=200)
    async def discard(self, request: Request[Any, Any, Any], wave: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, ASK)
        try:
            async with entering.inside(request):
                await planning.discard(wave=wave)
        except Overtaken as fault:
            return await _page(request, who, wave, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}?done=discarded")

    @post("/{wave:uuid}/stop", status_code=200)
    async def stop(self, request: Request[Any, Any, Any], wave: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, ASK)
        async with entering.inside(request):
            await ending.stop(wave=wave, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{HERE}/{wave}?done=stopped")


async def _page(request: Request[Any, Any, Any], who: Member, wave: UUID, tried: Tried = UNTRIED) -> Response[str]:
    at, due, progress, compared = clock.now(), None, None, None
    async with entering.reading(request):
        found = await listing.find(wave=wave)
        state, agreed = found.state(at), await agreeing.has_agreed()
        segment = None if found.segment is None else await reading.known(segment=found.segment)
        if state == "draft":
            due = await counting.due(wave=found, at=at)
        else:
            progress = await counting.progress(wave=found)
            if found.control_percent:
                compared = await comparing.of_wave(wave=wave, goal=found.goal, at=at)
    return await entering.page(
        request,
        who,
        "console_wave.html",
        say=await saying.here(request),
        wave=found,
        audience=None if segment is None else segment_words.named(segment, entering.language(request))[0],
        state=state,
        agreed=agreed,
        due=due,
        typed=_typed(due) if due else "",
        reasons=reasons(_held(due, progress)),
        progress=progress,
        compared=compared,
        compared_days=comparing.WAVE_DAYS,
        least=LEAST_CELL,
        **tried.shown(typed=""),
    )


def _typed(due: Due) -> str:
    """What is typed to release a wave: how many it asks, and where they were drawn up only, how many at most."""
    return str(due.asked if due.is_exact else due.people)


def reasons(held: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str, int]]:
    """Who was not asked (""), not reminded or not sent to, as rows of when, why and how many people."""
    rows = [(when, why, held[when][why]) for when in ("", "reminder") for why in REASONS if held.get(when, {}).get(why)]
    return [*rows, *(("sending", why, people) for why, people in sorted(held.get("sending", {}).items()))]


def _held(due: Due | None, progress: Progress | None) -> dict[str, Mapping[str, int]]:
    """The same as ``reasons`` takes it; both reminders of a wave are one."""
    if progress is None:
        return {"": due.held if due else {}}
    reminders = sum((Counter(people) for step, people in progress.held.items() if step), Counter[str]())
    return {"": progress.held.get(0, {}), "reminder": reminders, "sending": progress.mails_held}
