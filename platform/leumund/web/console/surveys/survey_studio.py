"""The studio: every survey with how it stands, a new one from a template, and each one's versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.consent.texts import comparing
from leumund.consent.texts.comparing import Piece
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.staff import members
from leumund.staff.members import Member
from leumund.surveys.questions import judging, starting, telling
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import closing, drafting, listing, publishing, releasing
from leumund.surveys.studio.drafting import ChangedSince, SurveyUnknown
from leumund.surveys.studio.publishing import Published, Version
from leumund.web import dressing, forms, paging, saying
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried

SEE, WRITE, RELEASE = "surveys.see", "surveys.write", "surveys.release"
PATH = "/console/surveys/studio"
# The field by which a form tells which state of the draft it was made from.
SEEN = "seen"
_DONE = ("published", "unchanged", "closed", "reopened", "discarded", "released")
_COPY = "copy"
_NAMED = {"named": True, "anonymous": False}


class StudioController(Controller):
    """``/console/surveys/studio``, and each survey below it."""

    path = "/surveys/studio"

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _list(request, await entering.member(request, SEE), forms.done(request, _DONE))

    @post(status_code=200)
    async def begin(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A new survey, drafted from a template or like one there is."""
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        languages = (await dressing.dress_of(request)).profile.languages
        key = sent.get("key", "")
        try:
            named = forms.chosen(sent, "named", tuple(_NAMED), fault="errors.studio.named")
            async with entering.inside(request):
                definition = await _like(sent.get("like", ""), sent.get("copy", ""), languages)
                await drafting.begin(key=key, definition=definition, named=_NAMED[named], member=who.id, at=clock.now())
        except Refused as fault:
            return await _list(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{key}/draft")

    @get("/{survey:str}")
    async def show(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        return await _one(request, await entering.member(request, SEE), survey, forms.done(request, _DONE))

    @get("/{survey:str}/versions/{version:str}")
    async def read(
        self, request: Request[Any, Any, Any], survey: FromPath[str], version: FromPath[str]
    ) -> Response[str]:
        """A version to the letter, and what it changed."""
        who, say = await entering.member(request, SEE), await saying.here(request)
        async with entering.reading(request):
            versions = await publishing.versions(key=survey)
        shown, before = _around(versions, version)
        definition = shown.of.definition
        spoken = list(definition.titles)
        return await entering.page(
            request,
            who,
            "console_studio_version.html",
            say=say,
            shown=shown,
            words={lang: telling.plain(definition, lang, reader=say.lang) for lang in spoken},
            changes=changed(before.of, definition, spoken, say.lang) if before else {},
        )

    @post("/{survey:str}/closing", status_code=200)
    async def close(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        who = await entering.member(request, WRITE)
        async with entering.inside(request):
            await _require_published(survey)
            await closing.close(key=survey, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{PATH}/{survey}?done=closed")

    @post("/{survey:str}/reopening", status_code=200)
    async def reopen(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        who = await entering.member(request, WRITE)
        async with entering.inside(request):
            await _require_published(survey)
            await closing.reopen(key=survey, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{PATH}/{survey}?done=reopened")

    @post("/{survey:str}/discarding", status_code=200)
    async def discard(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        """Let the draft go as it was read; one that was never published goes as a whole."""
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        try:
            async with entering.inside(request):
                work = await drafting.discard(key=survey, seen=sent.get(SEEN, ""))
        except ChangedSince as fault:
            return await _one(request, who, survey, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(
            request, f"{PATH}/{survey}?done=discarded" if work.published else f"{PATH}?done=discarded"
        )


def changed(
    before: Published | None, after: Definition, languages: Sequence[str], reader: str
) -> Mapping[str, list[Piece]]:
    """What differs between two states of a survey, in each language where anything does."""
    if before is None:
        return {}
    texts = {
        lang: [telling.plain(each, lang, reader=reader, numbered=False) for each in (before.definition, after)]
        for lang in languages
    }
    return {
        lang: comparing.excerpt(comparing.differences(old, new)) for lang, (old, new) in texts.items() if old != new
    }


def _around(versions: Sequence[Version], wanted: str) -> tuple[Version, Version | None]:
    """The version of this number and the one before it. Raises SurveyUnknown."""
    for place, each in enumerate(versions):
        if str(each.of.version) == wanted:
            return each, versions[place + 1] if place + 1 < len(versions) else None
    raise SurveyUnknown("errors.studio.unknown")


async def _require_published(key: str) -> None:
    """Raises SurveyUnknown."""
    if (await drafting.in_work(key=key)).published is None:
        raise SurveyUnknown("errors.studio.unknown")


async def _like(wanted: str, copied: str, languages: Sequence[str]) -> Definition:
    """What a new survey begins with. Raises SurveyUnknown."""
    if wanted == _COPY:
        return (await drafting.in_work(key=copied)).definition
    return starting.template(wanted if wanted in starting.TEMPLATES else "blank", languages=languages)


async def _one(request: Request[Any, Any, Any], who: Member, survey: str, tried: Tried) -> Response[str]:
    """How it stands, what the draft would change, and its versions. Six queries, however much there is."""
    say, spoken = await saying.here(request), (await dressing.dress_of(request)).profile.languages
    async with entering.reading(request):
        work = await drafting.in_work(key=survey)
        versions = await publishing.versions(key=survey)
        closed = (await closing.closed()).get(survey)
        release = await releasing.found(work.definition, named=work.named)
        names = await members.names()
    return await entering.page(
        request,
        who,
        "console_studio_survey.html",
        say=say,
        work=work,
        versions=versions,
        closed=closed,
        protected=judging.protected(work.definition),
        release=release,
        names=names,
        changes=changed(work.published, work.definition, spoken, say.lang),
        **tried.shown(),
    )


async def _list(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        surveys = await listing.standings()
    copied = paging.asked(request, _COPY)
    return await entering.page(
        request,
        who,
        "console_studio.html",
        say=say,
        surveys=surveys,
        templates=starting.TEMPLATES,
        **tried.shown(key="", like=_COPY if copied else starting.TEMPLATES[0], copy=copied, named="named"),
    )
