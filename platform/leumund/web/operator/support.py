"""Asking a company for sight, and what its owner answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock, sight
from leumund.kit.faults import Refused
from leumund.kit.sight import Asked
from leumund.operating import asking
from leumund.operating.asking import Filed
from leumund.operating.sessions import Operator
from leumund.operating.watching import Company
from leumund.support.answers import Answer
from leumund.web import forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.operator import entering, looking

_USUAL_HOURS = "2"


class Line(NamedTuple):
    """A request and what became of it: waiting, withdrawn, lapsed, refused, open, ended or over."""

    asked: Asked
    state: str
    answer: Answer | None
    mine: bool


class SupportController(Controller):
    """``/operator/companies/<slug>/support``, and a request's ``withdrawal`` or its grant's ``end``."""

    path = "/operator/companies/{slug:str}/support"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
        who = await entering.operator(request)
        return await _page(request, who, await looking.company(request, slug))

    @post(status_code=200)
    async def ask(self, request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str] | Redirect:
        who, sent = await entering.operator(request), await forms.filled(request)
        company = await looking.company(request, slug)
        try:
            await looking.ask(request, company, _asked(who, sent))
        except Refused as fault:
            return await _page(request, who, company, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, _here(slug))

    @post("/{asked:uuid}/withdrawal")
    async def withdraw(self, request: Request[Any, Any, Any], slug: FromPath[str], asked: FromPath[UUID]) -> Redirect:
        who, company = await entering.operator(request), await looking.company(request, slug)
        async with entering.inside(request) as desk:
            await asking.withdraw(desk, company=company, request=asked, operator=who.id, at=clock.now())
        return entering.redirect(request, _here(slug))

    @post("/{asked:uuid}/end")
    async def end(self, request: Request[Any, Any, Any], slug: FromPath[str], asked: FromPath[UUID]) -> Redirect:
        who, company = await entering.operator(request), await looking.company(request, slug)
        await looking.hand_back(request, company, asked, who.id)
        return entering.redirect(request, _here(slug))


def _here(slug: str) -> str:
    return f"/operator/companies/{slug}/support"


def _asked(who: Operator, sent: Mapping[str, str]) -> Asked:
    return Asked(
        id=uuid4(),
        operator=who.id,
        operator_email=who.email,
        reason=" ".join(sent.get("reason", "").split()),
        rooms=[room for room in sight.ROOMS if forms.ticked(sent, room)],
        hours=forms.whole(sent, "hours"),
        asked_at=clock.now(),
    )


async def _page(
    request: Request[Any, Any, Any], who: Operator, company: Company, tried: Tried = UNTRIED
) -> Response[str]:
    async with entering.reading(request) as desk:
        filed = await asking.every(desk, company=company)
    # Nobody asked, nothing answered: a company no migration has reached yet is then not asked for what it has not.
    answered = await looking.answered(request, company) if filed else []
    return entering.page(
        request,
        who,
        "operator_support.html",
        company=company,
        lines=_lines(filed, answered, who, clock.now()),
        rooms=sight.ROOMS,
        hours=range(1, sight.MOST_HOURS + 1),
        longest=asking.LONGEST_REASON,
        **tried.shown(reason="", hours=_USUAL_HOURS),
    )


def _lines(filed: Sequence[Filed], answered: Sequence[Answer], who: Operator, at: datetime) -> list[Line]:
    answers = {answer.request: answer for answer in answered}
    return [
        Line(
            one.asked,
            _state(one, answers.get(one.asked.id), at),
            answers.get(one.asked.id),
            one.asked.operator == who.id,
        )
        for one in filed
    ]


def _state(filed: Filed, answer: Answer | None, at: datetime) -> str:
    if answer is not None:
        return answer.state(at)
    if filed.waits(at):
        return "waiting"
    return "lapsed" if filed.withdrawn_at is None else "withdrawn"
