"""A survey, answered from the mail without a login: the tap chooses a mark, the button sends it, page by page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, tokens
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.messages import kinds
from leumund.programs import offering
from leumund.programs.offering import NoProgram
from leumund.surveys.answers import answering as answers
from leumund.surveys.answers.answering import Asked, NoLongerOpen
from leumund.surveys.answers.following import Answered, Sent
from leumund.surveys.caring import standing
from leumund.surveys.questions import moods
from leumund.web import answering, entering, forms, refusing
from leumund.web.public import joining, questions, taking_part
from leumund.web.public.questions import Shown

PURPOSE = kinds.signed_for("survey_invitation")


async def gone(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    """The link was right, and is over or answered."""
    return await answering.page(request, "survey_gone.html", status=410)


FAULTS: ExceptionHandlersMap = {NoLongerOpen: refusing.later(gone)}


class SurveyController(Controller):
    """``/s/<token>?score=9``: a scanner that opens the links of all marks answers nothing."""

    path = "/s/{token:str}"
    exception_handlers = FAULTS

    @get()
    async def ask(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            asked = await answers.look(invitation=tokens.read(PURPOSE, token), at=clock.now())
        values = _before(asked, tapped=request.query_params.get("score", ""))
        return await questions.page(request, Shown(asked.survey, 0, values, answered=asked.answered))

    @post(status_code=200)
    async def answer(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang, at = await entering.language(request), clock.now()
        sent = await forms.listed(request)
        number = questions.number(sent)
        try:
            async with entering.inside(request):
                invitation = tokens.read(PURPOSE, token)
                said = await answers.answer(invitation=invitation, sent=sent, page=number, language=lang, at=at)
        except (Unknown, NoLongerOpen):
            raise
        except (Refused, Refusals) as fault:
            async with entering.reading(request):
                asked = await answers.look(invitation=tokens.read(PURPOSE, token), at=at)
            return await questions.page(
                request,
                Shown(asked.survey, number, {**questions.values(asked.filled), **sent}, answered=asked.answered),
                fault=fault,
            )
        return await followed(request, said, invitation)


async def followed(request: Request[Any, Any, Any], said: Answered, invitation: UUID) -> Response[str]:
    """The next page of what is asked, or thanks, and for whoever is glad the offer to take part."""
    if said.next_page is not None:
        return await questions.page(request, questions.going_on(said))
    if not said.survey.named:
        return await thanks_to_nobody(request, said)
    if said.kind != "promoter":
        return await _thanks(request, promoter=False)
    return await _offer(request, invitation, await entering.language(request))


async def _offer(request: Request[Any, Any, Any], invitation: UUID, lang: str) -> Response[str]:
    """The answer stands by now, whatever becomes of the offer; whom somebody looks after is not asked to recommend."""
    try:
        async with entering.reading(request):
            offered = await joining.look(invitation=invitation, language=lang)
            may_be_asked = await standing.may_recommend(customer=offered.customer)
    except NoProgram:
        return await _thanks(request, promoter=True)
    return await (taking_part.page(request, offered, lang) if may_be_asked else _thanks(request, promoter=True))


def _before(asked: Asked, *, tapped: str) -> Sent:
    """What the form holds when it opens: what was answered before, and rather the mark that was tapped in the mail."""
    leading = asked.survey.definition.leading
    tap = {leading.key: [tapped]} if tapped in {str(mark) for mark in leading.marks} else {}
    return {**questions.values(asked.filled), **tap}


async def thanks_to_nobody(
    request: Request[Any, Any, Any], said: Answered, *, framed: bool = False, again: str = ""
) -> Response[str]:
    """Thanks to somebody nobody knows; who is glad hears of the program where there is one, and comes by themselves."""
    glad = said.kind == "promoter" and moods.of(said.survey.definition, said.filled.marks) == "glad"
    if glad:
        async with entering.reading(request):
            glad = await offering.is_live(at=clock.now())
    return await answering.page(request, "survey_dropped.html", glad=glad, framed=framed, again=again)


async def _thanks(request: Request[Any, Any, Any], *, promoter: bool) -> Response[str]:
    """Thanks, and the way back to the answer, which stands where it was given, for as long as it may be changed."""
    return await answering.page(
        request,
        "survey_thanks.html",
        promoter=promoter,
        offer=None,
        join=None,
        errors={},
        again=request.url.path,
        minutes=answers.CORRECTABLE // timedelta(minutes=1),
    )
