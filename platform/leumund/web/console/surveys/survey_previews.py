"""Look at a survey as people see it, on a desk and on a telephone, and walk through its branches; nothing is kept."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import language
from leumund.kit.faults import Refusals
from leumund.surveys.answers import following
from leumund.surveys.answers.following import Sent
from leumund.surveys.studio import drafting, publishing
from leumund.surveys.studio.drafting import SurveyUnknown
from leumund.surveys.studio.publishing import Published
from leumund.web import answering, dressing, forms, paging, saying
from leumund.web.console import entering, framed
from leumund.web.console.surveys.survey_studio import SEE
from leumund.web.public import questions
from leumund.web.public.questions import Shown

_NOBODYS = UUID(int=0)


class SurveyPreviewController(Controller):
    """``/console/surveys/studio/<survey>/preview``, and ``walk`` in its frames; ``?version=`` looks at an older one."""

    path = "/surveys/studio/{survey:str}/preview"

    @get()
    async def show(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        who, say = await entering.member(request, SEE), await saying.here(request)
        spoken = (await dressing.dress_of(request)).profile.languages
        shown = await _looked_at(request, survey)
        # A member who speaks one of the company's languages looks at that one first.
        wanted = paging.asked(request, "in") or say.lang
        page = await entering.page(
            request,
            who,
            "console_studio_preview.html",
            say=say,
            shown=shown,
            tongues=spoken,
            tongue=wanted if wanted in spoken else spoken[0],
            version=paging.asked(request, "version"),
        )
        return framed.around(page)

    @get("/walk")
    async def begin(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        await entering.member(request, SEE)
        await _speak(request)
        return await _step(request, await _looked_at(request, survey), 0, {})

    @post("/walk", status_code=200)
    async def walk(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        """The next page for what was answered so far, all of which the form brings along."""
        await entering.member(request, SEE)
        await _speak(request)
        sent = await forms.listed(request)
        survey_shown = await _looked_at(request, survey)
        number = following.in_range(survey_shown, questions.number(sent))
        try:
            said = following.so_far(survey_shown, sent, page=number)
        except Refusals as fault:
            return await _step(request, survey_shown, number, sent, fault)
        if said.next_page is not None:
            return await _step(request, survey_shown, said.next_page, questions.values(said.filled))
        is_glad = said.kind == "promoter"
        thanks = await answering.page(request, "survey_thanks.html", promoter=is_glad, offer=None, join=None, errors={})
        return framed.within(thanks)


async def _speak(request: Request[Any, Any, Any]) -> None:
    """In the language that is looked at, whichever the member's own is."""
    spoken = (await dressing.dress_of(request)).profile.languages
    wanted = paging.asked(request, "lang")
    dressing.speak(request, wanted if wanted in spoken else spoken[0])


async def _step(
    request: Request[Any, Any, Any], survey: Published, place: int, values: Sent, fault: Refusals | None = None
) -> Response[str]:
    if not survey.definition.questions:
        return framed.note(language.text("studio.preview.empty", entering.language(request)))
    action = f"{request.url.path}?version={survey.version}" if survey.version else ""
    shown = Shown(survey, place, values, action=action, carries=True)
    return framed.within(await questions.page(request, shown, fault=fault))


async def _looked_at(request: Request[Any, Any, Any], key: str) -> Published:
    """The survey in work, or the version asked for. Raises SurveyUnknown."""
    wanted = paging.asked(request, "version")
    async with entering.reading(request):
        if wanted:
            versions = await publishing.versions(key=key)
            found = next((each.of for each in versions if str(each.of.version) == wanted), None)
            if found is None:
                raise SurveyUnknown("errors.studio.unknown")
            return found
        work = await drafting.in_work(key=key)
    return Published(id=_NOBODYS, key=key, version=0, definition=work.definition, named=work.named)
