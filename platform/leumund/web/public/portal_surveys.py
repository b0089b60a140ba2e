"""A survey in the portal: whoever is signed in answers what they were asked, without a mail."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.surveys.answers import answering as answers
from leumund.surveys.answers.answering import NoLongerOpen
from leumund.surveys.asking import offering
from leumund.web import entering, forms
from leumund.web.public import questions, survey, visitors
from leumund.web.public.questions import Shown


class PortalSurveyController(Controller):
    """``/portal/surveys/<invitation>``: their own, and to everybody else there is none."""

    path = "/portal/surveys/{invitation:uuid}"
    exception_handlers = {**visitors.FAULTS, **survey.FAULTS}  # noqa: RUF012 - read once, by the framework

    @get()
    async def ask(self, request: Request[Any, Any, Any], invitation: FromPath[UUID]) -> Response[str]:
        customer = await visitors.signed_in(request)
        async with entering.reading(request):
            await offering.require_theirs(invitation=invitation, customer=customer)
            asked = await answers.look(invitation=invitation, at=clock.now())
        values = questions.values(asked.filled)
        return await questions.page(request, Shown(asked.survey, 0, values, answered=asked.answered))

    @post(status_code=200)
    async def answer(self, request: Request[Any, Any, Any], invitation: FromPath[UUID]) -> Response[str]:
        customer, lang, at = await visitors.signed_in(request), await entering.language(request), clock.now()
        sent = await forms.listed(request)
        number = questions.number(sent)
        try:
            async with entering.inside(request):
                await offering.require_theirs(invitation=invitation, customer=customer)
                said = await answers.answer(
                    invitation=invitation, sent=sent, page=number, language=lang, channel="portal", at=at
                )
        except (Unknown, NoLongerOpen):
            raise
        except (Refused, Refusals) as fault:
            async with entering.reading(request):
                asked = await answers.look(invitation=invitation, at=at)
            values = {**questions.values(asked.filled), **sent}
            shown = Shown(asked.survey, number, values, answered=asked.answered)
            return await questions.page(request, shown, fault=fault)
        return await survey.followed(request, said, invitation)
