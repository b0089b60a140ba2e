"""Plan a wave: whom it asks, in which languages and when, as one form that stays a draft until it is released."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.customers.segments import reading, sparing
from leumund.kit import clock, language
from leumund.kit.faults import Refusals
from leumund.staff.members import Member
from leumund.surveys.asking import planning
from leumund.surveys.asking.planning import Plan
from leumund.surveys.asking.rules import CHANNELS, GOALS
from leumund.surveys.studio import closing, publishing
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.customers import segment_words
from leumund.web.console.surveys.waves import ASK, HERE
from leumund.web.forms import UNTRIED, Tried

_SAMPLES = ("", "size", "percent")
_NO_NUMBER, _NO_SEGMENT = -1, UUID(int=0)


class WavePlanController(Controller):
    """``/console/surveys/waves/new``."""

    path = "/surveys/waves/new"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def begin(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request, await entering.member(request, ASK))

    @post(status_code=200)
    async def plan(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent, at = await entering.member(request, ASK), await forms.filled(request), clock.now()
        say = await saying.here(request)
        try:
            async with entering.inside(request):
                wave = await planning.plan(plan=_plan(sent, say.meant), actor=who.actor, at=at)
        except Refusals as fault:
            return await _form(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{wave}")


async def _form(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """An empty form, or as it was sent."""
    async with entering.reading(request):
        surveys, closed = await publishing.every(), await closing.closed()
        segments, spares = await reading.every(), (await sparing.rule()).spares_c
    say, profile = await saying.here(request), (await dressing.dress_of(request)).profile
    ticked = {f"language_{tongue}": "yes" for tongue in profile.languages} | {"quiet": "yes"}
    before = {"key": request.query_params.get("key", ""), "lasts_days": "30", "remind_after_days": "7"}
    before |= {"control_percent": "0", "goal": GOALS[0]}
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
        goals_named=[(each, language.text(f"rates.goal.{each}", lang)) for each in GOALS],
        most_control=planning.MOST_CONTROL_PERCENT,
        tongues=profile.languages,
        **shown,
    )


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
        control_percent=forms.whole(sent, "control_percent", otherwise=_NO_NUMBER)
        if sent.get("control_percent")
        else 0,
        goal=sent.get("goal") or GOALS[0],
    )
