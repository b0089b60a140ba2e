"""Drafts of occasions: steps as rows of a form, each mail looked at and tried out, and published once all is right."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.customers.segments import reading as segments
from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.messages.words import linting
from leumund.occasions import checking, defining, drafting, foreseeing, publishing, reading
from leumund.occasions.reading import Asked
from leumund.staff.members import Member
from leumund.surveys.asking.rules import GOALS
from leumund.web import forms, saying
from leumund.web.console import entering, naming
from leumund.web.console.messages import occasion_forms
from leumund.web.console.messages.occasions import HERE, MANAGE
from leumund.web.forms import Tried

_DONE = ("kept",)
_FEW = {
    "trigger": defining.TRIGGERS,
    "answer": defining.CLASSES,
    "who": defining.WHO,
    "goal": GOALS,
}
_MONTHS = range(1, 13)


class OccasionDraftController(Controller):
    """``/console/occasions/<occasion>/draft``, and its publication."""

    path = "/occasions/{occasion:str}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get("/draft")
    async def show(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[str]:
        who = await entering.member(request, MANAGE)
        return await _page(request, who, naming.known(occasion), forms.done(request, _DONE))

    @post("/draft")
    async def keep(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[Any]:
        """Kept as it is, with a step more or less where that was asked for."""
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        known = naming.known(occasion)
        try:
            await _keep(request, who, known, sent)
        except (Refused, Refusals) as fault:
            return await _page(request, who, known, forms.refused(sent, fault, entering.language(request)))
        place = "#steps" if "." in sent.get("deed", "") else "?done=kept"
        return entering.redirect(request, f"{HERE}/{known}/draft{place}")

    @post("/publication")
    async def publish(self, request: Request[Any, Any, Any], occasion: FromPath[str]) -> Response[Any]:
        """What is in the form is kept first, so that what is published is what was read."""
        who, sent = await entering.member(request, MANAGE), await forms.filled(request)
        known = naming.known(occasion)
        try:
            kept = await _keep(request, who, known, sent)
            async with entering.inside(request):
                await publishing.publish(occasion=known, revision=kept, by=who.id, at=clock.now())
        except (Refused, Refusals) as fault:
            return await _page(request, who, known, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{known}?done=published")


async def _keep(request: Request[Any, Any, Any], who: Member, occasion: UUID, sent: dict[str, str]) -> int:
    say = await saying.here(request)
    async with entering.inside(request):
        wanted = occasion_forms.definition(sent, (await reading.around()).languages, say)
        return await drafting.keep(
            occasion=occasion,
            name=sent.get("name", ""),
            definition=wanted,
            after=forms.whole(sent, "revision"),
            by=who.id,
            at=clock.now(),
        )


async def _page(request: Request[Any, Any, Any], who: Member, occasion: UUID, tried: Tried) -> Response[str]:
    """The form: what was sent where that was refused and not kept, else the draft. Some eight queries."""
    say = await saying.here(request)
    async with entering.reading(request):
        standing = await reading.known(occasion=occasion)
        around = await reading.around()
        purposes = await reading.purposes()
        kept = await segments.every()
        due = await foreseeing.due(definition=standing.draft, at=clock.now())
    draft, name = standing.draft, tried.sent.get("name", standing.name)
    if tried.sent:
        try:
            draft = occasion_forms.definition(tried.sent, around.languages, say)
        except Refusals:
            draft = standing.draft
    return await entering.page(
        request,
        who,
        "console_occasion_draft.html",
        say=say,
        standing=standing,
        draft=draft,
        name=name,
        tongues=around.languages,
        known=around.values[around.languages[0]],
        purposes=_choices(purposes, say.lang),
        segments=[("", language.text("occasions.everybody", say.lang)), *((str(each.id), each.name) for each in kept)],
        months=[(each, say.month(each)) for each in _MONTHS],
        due=due,
        days=foreseeing.DAYS,
        longest=linting.LONGEST,
        longest_name=drafting.LONGEST_NAME,
        longest_note=checking.LONGEST_NOTE,
        no_number=occasion_forms.NO_NUMBER,
        kinds=defining,
        words={name: _words(name, among, say.lang) for name, among in _FEW.items()},
        **tried.shown(),
    )


def _choices(purposes: Mapping[str, Asked], lang: str) -> list[tuple[str, str]]:
    """What a consent is asked for, by its title; nothing is chosen beforehand."""
    named = [(key, asked.title(lang)) for key, asked in purposes.items()]
    return [("", language.text("occasions.choose", lang)), *named]


def _words(name: str, among: Sequence[str], lang: str) -> list[tuple[str, str]]:
    return [(each, language.text(f"occasions.{name}.{each}", lang)) for each in among]
