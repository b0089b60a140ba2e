"""Companies as their operator sees them: a list with figures, one by one, opened and closed."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock
from leumund.operating import closing, listing, watching
from leumund.operating.sessions import Operator
from leumund.tenancy import migrating
from leumund.tenancy.arriving import deployment_of
from leumund.web import forms, paging
from leumund.web.forms import UNTRIED, Mistyped, Tried
from leumund.web.operator import entering

_HISTORY_ROWS = 20


class CompaniesController(Controller):
    """``/operator`` and ``/operator/companies/<slug>``."""

    path = "/operator"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.operator(request)
        text, state = paging.asked(request, "text"), paging.asked(request, "state")
        async with entering.reading(request) as desk:
            totals = await watching.totals(desk)
            page = await watching.page(desk, text=text, state=state, after=paging.asked(request, paging.AFTER))
        return entering.page(
            request,
            who,
            "operator_companies.html",
            companies=page.rows,
            totals=totals,
            latest=migrating.latest(),
            values={"text": text, "state": state},
            states=(*watching.STATES, watching.TROUBLE),
            pages=paging.onward(request, page),
        )

    @get("/companies/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.operator(request)
        return entering.page(request, who, "operator_new.html")

    @get("/companies/{slug:str}")
    async def one(self, request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
        who = await entering.operator(request)
        return await _company(request, who, slug)

    @post("/companies/{slug:str}/close", status_code=200)
    async def close(self, request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str] | Redirect:
        who, sent = await entering.operator(request), await forms.filled(request)
        try:
            forms.require_typed(sent, name=slug)
            async with entering.inside(request) as desk:
                await closing.close(desk, slug=slug, actor=who.actor, at=clock.now())
        except Mistyped as fault:
            return await _company(request, who, slug, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"/operator/companies/{slug}")

    @post("/companies/{slug:str}/open")
    async def reopen(self, request: Request[Any, Any, Any], slug: FromPath[str]) -> Redirect:
        who = await entering.operator(request)
        async with entering.inside(request) as desk:
            await closing.reopen(desk, slug=slug, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"/operator/companies/{slug}")


async def _company(request: Request[Any, Any, Any], who: Operator, slug: str, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request) as desk:
        company = await watching.find(desk, slug=slug)
        history = await listing.page(desk, tenant=company.id, limit=_HISTORY_ROWS)
    settings = deployment_of(request.scope).settings
    return entering.page(
        request,
        who,
        "operator_company.html",
        company=company,
        latest=migrating.latest(),
        origins=[settings.origin(host) for host in company.hosts],
        entries=history.rows,
        **tried.shown(typed=""),
    )
