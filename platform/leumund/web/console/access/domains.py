"""Domains of the company's own: claimed and dropped with a fresh code, looked at again, and put first."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.audit import noting
from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.staff.members import Member
from leumund.tenancy import directory
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.tenancy.domains import claiming, comparing, judging, naming, proving
from leumund.tenancy.domains.claiming import Note
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Tried

_RIGHT = "domains.manage"
_HERE = "/console/domains"
_DONE = ("dropped", "checking", "preferred")


class DomainController(Controller):
    """``/console/domains``, one domain's page, and its ``check``, ``preference`` and ``removal``."""

    path = "/domains"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _list(request, who, forms.done(request, _DONE))

    @post()
    async def claim(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        try:
            forms.require_filled(sent, fields=("name", "code"))
            name = await _claimable(request, sent["name"])
            deed = partial(claiming.claim, name=name, at=clock.now(), note=_noting(who))
            claim = await confirming.with_code(request, who, sent["code"], deed)
        except (Refused, Refusals) as fault:
            return await _list(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}/{claim}")

    @get("/{claim:uuid}")
    async def show(self, request: Request[Any, Any, Any], claim: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        async with entering.reading(request):
            found = await claiming.find(claim=claim)
            first = claiming.leading(await claiming.every())
        return await entering.page(
            request,
            who,
            "console_domain.html",
            claim=found,
            leads=first == found.id,
            long_missing=judging.is_long_missing(found, clock.now()),
            gives_up_after=judging.GIVEN_UP_AFTER.days,
            record=proving.record(found.name),
            words=proving.words(found.token),
            file=f"http://{found.name}{proving.FILE}",
            given=_given(request),
            shown=naming.shown,
            say=await saying.here(request),
            done=forms.done(request, _DONE).done,
        )

    @post("/{claim:uuid}/check")
    async def check(self, request: Request[Any, Any, Any], claim: FromPath[UUID]) -> Redirect:
        await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await claiming.check(claim=claim, at=clock.now())
        return entering.redirect(request, f"{_HERE}/{claim}?done=checking")

    @post("/{claim:uuid}/preference")
    async def prefer(self, request: Request[Any, Any, Any], claim: FromPath[UUID]) -> Redirect:
        who = await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await claiming.prefer(claim=claim, note=_noting(who))
        return entering.redirect(request, f"{_HERE}/{claim}?done=preferred")

    @get("/{claim:uuid}/removal")
    async def ask(self, request: Request[Any, Any, Any], claim: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await confirming.page(request, who, await _removal(request, claim))

    @post("/{claim:uuid}/removal", status_code=200)
    async def drop(self, request: Request[Any, Any, Any], claim: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        deed = await _removal(request, claim)
        try:
            forms.require_typed(sent, name=deed.name)
            drop = partial(claiming.drop, claim=claim, note=_noting(who))
            dropped = await confirming.with_code(request, who, sent.get("code", ""), drop)
        except Refused as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        if directory.plain_host(request.headers.get("host", "")) == dropped:
            # Where this page stood there is nothing any more.
            return Redirect(deployment_of(request.scope).settings.origin(_given(request)) + _HERE, status_code=303)
        return entering.redirect(request, f"{_HERE}?done=dropped")


async def _claimable(request: Request[Any, Any, Any], typed: str) -> str:
    """``typed`` as it would be claimed. Raises what ``naming`` and ``comparing`` refuse."""
    deployment, tenant = deployment_of(request.scope), tenant_of(request.scope)
    name = naming.stored(typed, base_domain=deployment.settings.base_domain)
    await comparing.refuse_others(deployment.directory, name=name, company_role=tenant.schema_name)
    return name


def _noting(who: Member) -> Note:
    return partial(noting.note, actor=who.actor, at=clock.now())


async def _removal(request: Request[Any, Any, Any], claim: UUID) -> Deed:
    lang = entering.language(request)
    async with entering.reading(request):
        found = await claiming.find(claim=claim)
    name = naming.shown(found.name)
    return Deed(
        name=name,
        title=language.text("console.domains.drop_of", lang, name=name),
        words=language.text("console.domains.drop_text", lang, name=name),
        button=language.text("console.domains.drop", lang),
        back=f"{_HERE}/{claim}",
        back_name=name,
        coded=True,
    )


async def _list(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        claims = await claiming.every()
    return await entering.page(
        request,
        who,
        "console_domains.html",
        claims=claims,
        first=claiming.leading(claims),
        given=_given(request),
        missing=[claim for claim in claims if judging.is_long_missing(claim, clock.now())],
        most=claiming.MOST,
        shown=naming.shown,
        say=await saying.here(request),
        **tried.shown(),
    )


def _given(request: Request[Any, Any, Any]) -> str:
    base_domain = deployment_of(request.scope).settings.base_domain
    return naming.given(tenant_of(request.scope).slug, base_domain=base_domain)
