"""Erase everything, after a second factor, and call it off within its 30 days, after one as well."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.customers.login import factors
from leumund.customers.records import holding
from leumund.customers.records.holding import Hold
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.privacy import explaining, register
from leumund.privacy.explaining import Explained
from leumund.privacy.forgetting import erasing
from leumund.privacy.forgetting.erasing import Blocker
from leumund.privacy.rights import asserting
from leumund.web import answering, entering, forms, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import portal_data, visitors
from leumund.web.saying import Saying

_BACK = "erasure"


class NotMeant(Refused):
    """The box that says it is meant was left empty."""


class PortalErasureController(Controller):
    """``/portal/data/erasure``: what goes and what the law keeps, the deed, and what calls it off."""

    path = visitors.ERASURE
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, (await visitors.visit(request, going=True)).customer)

    @post()
    async def erase(self, request: Request[Any, Any, Any]) -> Response[Any]:
        visit, sent = await visitors.proven(request, back=_BACK), await forms.filled(request)
        person = await portal_data.person_of(request, visit)
        if not forms.ticked(sent, "meant"):
            fault = NotMeant("errors.privacy.not_meant", field="meant")
            return await _page(request, visit.customer, forms.refused(sent, fault, person.language))
        reason = next((each for each in erasing.GROUNDS if each == sent.get("reason")), erasing.GROUNDS[0])
        async with entering.inside(request):
            await asserting.erase(person=person, reason=reason, at=clock.now())
        return entering.redirect(request, visitors.ERASURE)

    @post("/cancellation")
    async def stay(self, request: Request[Any, Any, Any]) -> Redirect:
        visit = await visitors.proven(request, back=_BACK, going=True)
        person = await portal_data.person_of(request, visit)
        async with entering.inside(request):
            await asserting.stay(person=person, at=clock.now())
        return entering.redirect(request, "/portal/data?done=stayed")


async def _page(request: Request[Any, Any, Any], customer: UUID, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.to_visitor(request)
    async with entering.reading(request):
        going = await holding.of_kind(customer=customer, kind=holding.ERASURE)
        blockers = await erasing.blockers(customer=customer)
        has_factor = bool(await factors.counting(customer=customer, at=clock.now()))
    classes = explaining.explain(say.lang)
    return await answering.page(
        request,
        "portal_erasure.html",
        due=_due(going, say),
        goes=[each for each in classes if each.columns and not _is_kept(each)],
        stays=[each for each in classes if _is_kept(each)],
        blockers=[_blocker(each) for each in blockers],
        has_factor=has_factor,
        **tried.shown(),
    )


def _is_kept(data: Explained) -> bool:
    """Whether a law wants it kept when all else goes."""
    told = register.read().classes[data.key]
    return told.basis == "legal_obligation" and told.period.then != "erase"


def _due(going: Hold | None, say: Saying) -> str:
    return say.day(going.due_at) if going and going.due_at else ""


def _blocker(blocker: Blocker) -> dict[str, Any]:
    return {"kind": blocker.kind, "number": blocker.number}
