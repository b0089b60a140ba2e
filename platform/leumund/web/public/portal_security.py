"""The second factor of a person: what they have, one more, one less, and codes for the day it is lost."""

from typing import Any
from uuid import UUID

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.customers.login import enrolling, factors, signing
from leumund.customers.login.enrolling import Enrolled
from leumund.customers.login.factors import Factor, NeedsProof
from leumund.customers.login.visiting import Visit
from leumund.kit import clock, qr
from leumund.kit.faults import Refused
from leumund.messages.accompanying import securing
from leumund.web import answering, cookies, entering, forms, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import visitors
from leumund.web.public.visitors import SecondFactorNeeded
from leumund.web.saying import Saying

_HOME = "/portal/security"
_BLACK = "#000000"


def _to_proof(request: Request[Any, Any, Any], _: Exception) -> Redirect:
    return visitors.to_proof(request, SecondFactorNeeded("security"))


_FAULTS: ExceptionHandlersMap = {**visitors.FAULTS, NeedsProof: _to_proof}


class PortalSecurityController(Controller):
    """``/portal/security``: each change is told by mail; what counts already is changed by who shows it.

    Whoever is about to be erased and has no second factor yet sets one up here, since calling it off takes one.
    """

    path = _HOME
    exception_handlers = _FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await visitors.visit(request, going=True))

    @get("/app")
    async def app_form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _app(request, await visitors.visit(request, going=True))

    @get("/app/qr.svg")
    async def app_code(self, request: Request[Any, Any, Any]) -> Response[str]:
        offered = await _offered(request, await visitors.visit(request, going=True))
        picture = qr.svg(offered.otpauth_uri, color=_BLACK)
        return Response(picture, media_type="image/svg+xml", headers=answering.PICTURE)

    @post("/app", status_code=200)
    async def add_app(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, sent = await visitors.visit(request, going=True), await forms.filled(request)
        lang = await entering.language(request)
        try:
            async with entering.inside(request):
                enrolled = await securing.add_app(
                    token=visitors.token_of(request),
                    visit=visit,
                    name=sent.get("name", ""),
                    code=sent.get("code", ""),
                    language=lang,
                    at=clock.now(),
                )
        except NeedsProof:
            raise
        except Refused as fault:
            return await _app(request, visit, forms.refused(sent, fault, lang))
        return await _added(request, enrolled)

    @post("/question", status_code=200, media_type=MediaType.JSON)
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        """What the browser is asked to make a passkey of; a POST, since the session remembers the question."""
        visit = await visitors.visit(request, going=True)
        async with entering.inside(request):
            asked = await signing.ask_for_new(visit=visit, at=clock.now())
        return Response(asked, media_type=MediaType.JSON, headers=answering.NO_STORE)

    @post("/passkey", status_code=200)
    async def add_passkey(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, sent = await visitors.visit(request, going=True), await forms.filled(request)
        lang = await entering.language(request)
        try:
            async with entering.inside(request):
                enrolled = await securing.add_passkey(
                    visit=visit,
                    name=sent.get("name", ""),
                    answer=sent.get("passkey", ""),
                    language=lang,
                    at=clock.now(),
                )
        except NeedsProof:
            raise
        except Refused as fault:
            return await _page(request, visit, forms.refused(sent, fault, lang))
        return await _added(request, enrolled)

    @post("/codes", status_code=200)
    async def renew_codes(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, lang = await visitors.visit(request), await entering.language(request)
        async with entering.inside(request):
            fresh = await securing.renew_codes(visit=visit, language=lang, at=clock.now())
        return await _codes(request, fresh, counts_at="")

    @post("/factors/{factor:uuid}/removal")
    async def remove(self, request: Request[Any, Any, Any], factor: FromPath[UUID]) -> Redirect:
        visit, lang = await visitors.visit(request), await entering.language(request)
        async with entering.inside(request):
            await securing.remove(visit=visit, factor=factor, language=lang, at=clock.now())
        return entering.redirect(request, _HOME)


async def _page(request: Request[Any, Any, Any], visit: Visit, tried: Tried = UNTRIED) -> Response[str]:
    at, say = clock.now(), await saying.to_visitor(request)
    async with entering.reading(request):
        held = await factors.of(customer=visit.customer)
        left = await factors.codes_left(customer=visit.customer)
    return await answering.page(
        request,
        "portal_security.html",
        path=_HOME,
        factors=[_shown(factor, say) for factor in held],
        has_app=any(factor.kind == factors.APP for factor in held),
        counts=any(factor.counts(at) for factor in held),
        codes_left=left,
        **tried.shown(),
    )


def _shown(factor: Factor, say: Saying) -> dict[str, Any]:
    waits = not factor.counts(clock.now())
    return {
        "kind": factor.kind,
        "name": factor.name,
        "since": say.day(factor.created_at),
        "counts_at": say.moment(factor.counts_at) if waits else "",
        "used": say.moment(factor.used_at) if factor.used_at else "",
        "action": f"{_HOME}/factors/{factor.id}/removal",
    }


async def _app(request: Request[Any, Any, Any], visit: Visit, tried: Tried = UNTRIED) -> Response[str]:
    offered = await _offered(request, visit)
    return await answering.page(
        request,
        "portal_app.html",
        path=f"{_HOME}/app",
        offered=offered,
        qr=f"{_HOME}/app/qr.svg",
        **tried.shown(name=""),
    )


async def _offered(request: Request[Any, Any, Any], visit: Visit) -> enrolling.Offered:
    async with entering.reading(request):
        return await enrolling.show(token=visitors.token_of(request), visit=visit)


async def _added(request: Request[Any, Any, Any], enrolled: Enrolled) -> Response[str]:
    """The page after something was added, with the session's new token and the codes, which no page shows again."""
    say = await saying.to_visitor(request)
    waits = enrolled.counts_at > clock.now()
    page = await _codes(request, enrolled.codes, counts_at=say.moment(enrolled.counts_at) if waits else "")
    page.set_cookie(cookies.kept(visitors.NAME, enrolled.token))
    return page


async def _codes(request: Request[Any, Any, Any], fresh: list[str], *, counts_at: str) -> Response[str]:
    return await answering.page(request, "portal_codes.html", path=_HOME, codes=fresh, counts_at=counts_at)
