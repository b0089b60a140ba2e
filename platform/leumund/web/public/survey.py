"""One question, answered from the mail without a login: the tap chooses a mark, the button sends it."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, tokens
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.messages import kinds
from leumund.programs.offering import NoProgram
from leumund.surveys import answering as answers
from leumund.surveys.answering import Asked, NoLongerOpen
from leumund.web import answering, entering, forms, refusing
from leumund.web.forms import Tried
from leumund.web.public import joining, taking_part

PURPOSE = kinds.signed_for("survey_invitation")
_MARKS = {str(mark): mark for mark in range(11)}


async def gone(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    """The link was right, and is over or answered."""
    return await answering.page(request, "survey_gone.html", status=410)


_FAULTS: ExceptionHandlersMap = {NoLongerOpen: refusing.later(gone)}


class SurveyController(Controller):
    """``/s/<token>?score=9``: a scanner that opens all eleven links answers nothing."""

    path = "/s/{token:str}"
    exception_handlers = _FAULTS

    @get()
    async def ask(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            asked = await answers.look(invitation=tokens.read(PURPOSE, token), at=clock.now())
        return await _page(request, asked, Tried(_before(asked, tapped=request.query_params)))

    @post(status_code=200)
    async def answer(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang, at = await entering.language(request), clock.now()
        sent = await forms.filled(request)
        try:
            async with entering.inside(request):
                said = await answers.answer(
                    invitation=(invitation := tokens.read(PURPOSE, token)),
                    score=_MARKS.get(sent.get("score", "")),
                    comment=sent.get("comment", ""),
                    language=lang,
                    at=at,
                )
        except (Unknown, NoLongerOpen):
            raise
        except (Refused, Refusals) as fault:
            async with entering.reading(request):
                asked = await answers.look(invitation=tokens.read(PURPOSE, token), at=at)
            return await _page(request, asked, forms.refused(sent, fault, lang))
        if said != "promoter":
            return await _thanks(request, promoter=False)
        # The answer stands by now, whatever becomes of the offer.
        try:
            async with entering.reading(request):
                offered = await joining.look(invitation=invitation, language=lang)
        except NoProgram:
            return await _thanks(request, promoter=True)
        return await taking_part.page(request, offered, lang)


def _before(asked: Asked, *, tapped: Mapping[str, str]) -> dict[str, str]:
    """What the form holds when it opens: what was answered before, and rather the mark that was tapped in the mail."""
    tap = tapped.get("score", "")
    return {"score": tap if tap in _MARKS else str(asked.score), "comment": asked.comment}


async def _page(request: Request[Any, Any, Any], asked: Asked, tried: Tried) -> Response[str]:
    lang = await entering.language(request)
    return await answering.page(
        request,
        "survey_ask.html",
        action=request.url.path,
        question=asked.survey.text("question", lang),
        followup=asked.survey.text("followup", lang),
        answered=asked.answered,
        chosen=_MARKS.get(tried.sent.get("score", "")),
        comment=tried.sent.get("comment", ""),
        **tried.shown(),
    )


async def _thanks(request: Request[Any, Any, Any], *, promoter: bool) -> Response[str]:
    return await answering.page(request, "survey_thanks.html", promoter=promoter, offer=None, join=None, errors={})
