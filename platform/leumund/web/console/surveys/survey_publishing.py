"""The end of a draft: what it changes, what is still wrong, its publishing; and where it needs one, a release."""

from collections.abc import Sequence
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock, language
from leumund.kit.faults import Refused, Unknown
from leumund.staff import members
from leumund.staff.members import Member
from leumund.surveys.questions import judging, telling
from leumund.surveys.questions.checking import Objection
from leumund.surveys.studio import drafting, issuing, releasing
from leumund.surveys.studio.drafting import InWork, SurveyUnknown
from leumund.surveys.studio.issuing import NotReady
from leumund.surveys.studio.releasing import Asked
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.surveys.survey_studio import PATH, RELEASE, SEEN, WRITE, changed
from leumund.web.forms import UNTRIED, Tried

_DIGEST = "digest"


class SurveyPublicationController(Controller):
    """``/console/surveys/studio/<survey>/publication``, and ``release`` for whoever answers for data protection."""

    path = "/surveys/studio/{survey:str}"

    @get("/publication")
    async def ask(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        return await _publication(request, await entering.member(request, WRITE), survey)

    @post("/publication", status_code=200)
    async def publish(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        try:
            async with entering.inside(request):
                before = (await drafting.in_work(key=survey)).published
                new = await issuing.issue(key=survey, seen=sent.get(SEEN, ""), actor=who.actor, at=clock.now())
        except NotReady:
            return await _publication(request, who, survey, Tried(status=422))
        except Unknown:
            raise
        except Refused as fault:
            return await _publication(request, who, survey, forms.refused(sent, fault, entering.language(request)))
        done = "unchanged" if before is not None and before.version == new.version else "published"
        return entering.redirect(request, f"{PATH}/{survey}?done={done}")

    @get("/release")
    async def read(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        return await _release(request, await entering.member(request, RELEASE), survey)

    @post("/release", status_code=200)
    async def release(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        """For exactly what was read: other words are another survey."""
        who, sent = await entering.member(request, RELEASE), await forms.filled(request)
        try:
            async with entering.inside(request):
                work = _protected(await drafting.in_work(key=survey))
                read = sent.get(_DIGEST, "")
                asked = Asked(key=survey, definition=work.definition, named=work.named, digest=read)
                await releasing.release(asked=asked, reason=sent.get("reason", ""), actor=who.actor, at=clock.now())
        except Unknown:
            raise
        except Refused as fault:
            return await _release(request, who, survey, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{survey}?done=released")


def _protected(work: InWork) -> InWork:
    """Raises SurveyUnknown where there is nothing to release."""
    if not judging.protected(work.definition):
        raise SurveyUnknown("errors.studio.unknown")
    return work


async def _publication(
    request: Request[Any, Any, Any], who: Member, survey: str, tried: Tried = UNTRIED
) -> Response[str]:
    say, spoken = await saying.here(request), (await dressing.dress_of(request)).profile.languages
    async with entering.reading(request):
        work = await drafting.in_work(key=survey)
        wrong = await issuing.objections(work)
        release = await releasing.found(work.definition, named=work.named)
    return await entering.page(
        request,
        who,
        "console_studio_publication.html",
        say=say,
        work=work,
        wrong=_told(wrong, work, say.lang),
        protected=judging.protected(work.definition),
        release=release,
        changes=changed(work.published, work.definition, spoken, say.lang),
        **tried.shown(),
    )


def _told(wrong: Sequence[Objection], work: InWork, lang: str) -> list[tuple[str, str, str]]:
    """Each fault as the question's key, where it stands in words, and what is wrong; the same is said once.

    A question without words yet is called by its number, as on its own page.
    """
    told = []
    for each in wrong:
        question = work.definition.question(each.question)
        number = work.definition.questions.index(question) + 1 if question else 0
        where = (
            (telling.asks(question, lang) or language.text("studio.question", lang, number=number)) if question else ""
        )
        if each.language:
            where = f"{where} ({language.tongue(each.language, lang)})".strip()
        told.append((each.question, where, language.text(each.key, lang, **each.values)))
    return list(dict.fromkeys(told))


async def _release(request: Request[Any, Any, Any], who: Member, survey: str, tried: Tried = UNTRIED) -> Response[str]:
    say, spoken = await saying.here(request), (await dressing.dress_of(request)).profile.languages
    async with entering.reading(request):
        work = _protected(await drafting.in_work(key=survey))
        release = await releasing.found(work.definition, named=work.named)
        names = await members.names()
    return await entering.page(
        request,
        who,
        "console_studio_release.html",
        say=say,
        work=work,
        protected=judging.protected(work.definition),
        digest=judging.digest(work.definition, named=work.named),
        words={lang: telling.plain(work.definition, lang, reader=say.lang) for lang in spoken},
        release=release,
        names=names,
        longest=releasing.LONGEST_REASON,
        **tried.shown(reason=""),
    )
