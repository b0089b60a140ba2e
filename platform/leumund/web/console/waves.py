"""Waves of surveys: what was planned, whom it would reach, how it goes, and stopping it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.company import agreeing
from leumund.company.agreeing import NotAgreed
from leumund.customers.segments import reading, sparing
from leumund.kit import clock
from leumund.kit.faults import Overtaken, Refusals
from leumund.staff.members import Member
from leumund.surveys.asking import counting, ending, listing, planning
from leumund.surveys.asking.counting import Due, Progress
from leumund.surveys.asking.planning import Plan
from leumund.surveys.asking.rules import CHANNELS, REASONS
from leumund.surveys.rules import LEAST_CELL
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import NoSurvey
from leumund.web import dressing, forms, paging, saying
from leumund.web.console import entering, segment_words
from leumund.web.forms import UNTRIED, Mistyped, Tried

SEE, ASK = "surveys.see", "surveys.invite"
_HOME = "/console/surveys/waves"
_DONE = ("discarded",)
_DONE_TO_ONE = ("released", "stopped")
_SAMPLES = ("", "size", "percent")
_NO_NUMBER, _NO_SEGMENT = -1, UUID(int=0)


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

    @get("/new")
    async def begin(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request, await entering.member(request, ASK))

    @post("/new", status_code=200)
    async def plan(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent, at = await entering.member(request, ASK), await forms.filled(request), clock.now()
        say = await saying.here(request)
        try:
            async with entering.inside(request):
                wave = await planning.plan(plan=_plan(sent, say.meant), actor=who.actor, at=at)
        except Refusals as fault:
            return await _form(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HOME}/{wave}")

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
        return entering.redirect(request, f"{_HOME}/{wave}?done=released")

    @post("/{wave:uuid}/discard", status_code=200)
    async def discard(self, request: Request[Any, Any, Any], wave: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, ASK)
        try:
            async with entering.inside(request):
                await planning.discard(wave=wave)
        except Overtaken as fault:
            return await _page(request, who, wave, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{_HOME}?done=discarded")

    @post("/{wave:uuid}/stop", status_code=200)
    async def stop(self, request: Request[Any, Any, Any], wave: FromPath[UUID]) -> Response[Any]:
        who = await entering.member(request, ASK)
        async with entering.inside(request):
            await ending.stop(wave=wave, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HOME}/{wave}?done=stopped")


async def _form(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """An empty form, or as it was sent."""
    async with entering.reading(request):
        surveys, closed = await publishing.every(), await closing.closed()
        segments, spares = await reading.every(), (await sparing.rule()).spares_c
    say, profile = await saying.here(request), (await dressing.dress_of(request)).profile
    ticked = {f"language_{tongue}": "yes" for tongue in profile.languages} | {"quiet": "yes"}
    before = {"key": request.query_params.get("key", ""), "lasts_days": "30", "remind_after_days": "7"}
    shown = tried.shown(**before) if tried.sent else tried.shown(**before, **ticked)
    lang = entering.language(request)
    return await entering.page(
        request,
        who,
        "console_wave_new.html",
        say=say,
        surveys=[(each.key, each.definition.title(lang)) for each in surveys if each.key not in closed],
        segments=[(str(each.id), segment_words.named(each, lang)[0]) for each in segments],
        spares=spares,
        channels=CHANNELS,
        samples=_SAMPLES,
        tongues=profile.languages,
        **shown,
    )


async def _page(request: Request[Any, Any, Any], who: Member, wave: UUID, tried: Tried = UNTRIED) -> Response[str]:
    at, due, progress = clock.now(), None, None
    async with entering.reading(request):
        found = await listing.find(wave=wave)
        state, agreed = found.state(at), await agreeing.has_agreed()
        segment = None if found.segment is None else await reading.known(segment=found.segment)
        if state == "draft":
            due = await counting.due(wave=found, at=at)
        else:
            progress = await counting.progress(wave=found)
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


def _segment(text: str) -> UUID | None:
    """Which segment was chosen; None is everybody, and what is no id is none there is."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return _NO_SEGMENT


def _plan(sent: Mapping[str, str], meant: Any) -> Plan:
    """What the form says; what it says wrongly is told apart when it is planned."""
    number = forms.whole(sent, "sample_number", otherwise=_NO_NUMBER)
    start = sent.get("starts_at", "")
    starts_at: datetime | None = (meant(start) or datetime.min.replace(tzinfo=clock.now().tzinfo)) if start else None
    channel = sent.get("channel", "")
    return Plan(
        key=sent.get("key", ""),
        channel=channel,
        segment=_segment(sent.get("segment", "")),
        includes_c=forms.ticked(sent, "includes_c"),
        sample_size=number if sent.get("sample") == "size" else None,
        sample_percent=number if sent.get("sample") == "percent" else None,
        languages=[
            name.removeprefix("language_") for name in sent if name.startswith("language_") and forms.ticked(sent, name)
        ],
        quiet=forms.ticked(sent, "quiet"),
        starts_at=starts_at,
        lasts_days=forms.whole(sent, "lasts_days"),
        reminders=forms.whole(sent, "reminders") if channel == "email" else 0,
        remind_after_days=forms.whole(sent, "remind_after_days"),
    )
