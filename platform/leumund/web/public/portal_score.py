"""A person's own score: what it is, why, how it comes about, and what they can do about it."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post

from leumund.customers.login.visiting import Visit
from leumund.customers.records import finding
from leumund.customers.segments import evaluating
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.privacy.rights import asserting, objecting
from leumund.scoring import open_model, telling
from leumund.web import answering, dressing, entering, forms, saying, scores
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import visitors
from leumund.web.public.portal_data import person_of
from leumund.web.public.visitors import NotSignedIn
from leumund.web.scores import Told

_PATH = "/portal/score"


class Seen(NamedTuple):
    """What the page tells; without a score, why there is none: ``consent``, ``objected``, ``rests`` or ``soon``."""

    told: Told | None
    why_none: str


class PortalScoreController(Controller):
    """``/portal/score``: for the person whose session this is, and nobody else."""

    path = _PATH
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await visitors.visit(request))

    @post("/doubt", status_code=200)
    async def doubt(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Somebody of the company looks at it."""
        visit, sent = await visitors.visit(request), await forms.filled(request)
        person = await person_of(request, visit)
        wish = next((each for each in asserting.DOUBTS if each == sent.get("wish")), asserting.DOUBTS[0])
        try:
            async with entering.inside(request):
                await asserting.doubt_score(person=person, wish=wish, words=sent.get("words", ""), at=clock.now())
        except Refused as fault:
            return await _page(request, visit, forms.refused(sent, fault, person.language))
        return await _page(request, visit, Tried(done=wish))

    @post("/objection", status_code=200)
    async def object_to(self, request: Request[Any, Any, Any]) -> Response[str]:
        """At once, without a reason."""
        visit = await visitors.visit(request)
        person = await person_of(request, visit)
        async with entering.inside(request):
            await asserting.object_to(person=person, against="profiling", words="", at=clock.now())
        return await _page(request, visit, Tried(done="objected"))


async def _page(request: Request[Any, Any, Any], visit: Visit, tried: Tried = UNTRIED) -> Response[str]:
    say, currency = await saying.to_visitor(request), (await dressing.dress_of(request)).profile.currency
    async with entering.reading(request):
        seen = await _look(visit.customer, say.lang, currency)
    return await answering.page(
        request,
        "portal_score.html",
        path=_PATH,
        say=say,
        seen=seen,
        logic=seen.told.logic if seen.told else telling.logic(open_model.VERSION, language=say.lang),
        signed=telling.signed,
        doubts=asserting.DOUBTS,
        **tried.shown(wish=asserting.DOUBTS[0], words=""),
    )


async def _look(customer: UUID, lang: str, currency: str) -> Seen:
    person = await finding.by_id(customer=customer)
    if person is None:
        # The record went while the session was open.
        raise NotSignedIn
    told = await scores.told(customer=customer, language=lang, currency=currency)
    return Seen(told, "" if told else await _why_none(person))


async def _why_none(person: finding.Person) -> str:
    if person.held is not None:
        return "rests"
    if await objecting.objects_to_profiling(customer=person.id):
        return "objected"
    return "soon" if await evaluating.may_be(customer=person.id) else "consent"
