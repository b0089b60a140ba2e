"""``/console/leaving``: what happens when the company leaves, and the owner's word for it."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.operating import noting, office
from leumund.operating.noting import About
from leumund.staff import leaving, members
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried

_RIGHT = "company.leave"
_HERE = "/console/leaving"
_DONE = ("withdrawn",)
_OWNER = "system:owner"


class LeavingController(Controller):
    """The page, the word, and the word taken back."""

    path = "/leaving"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, forms.done(request, _DONE))

    @post(status_code=200)
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """A browser left open ends no company: its name is typed, and a code asked for that was never used."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        try:
            forms.require_typed(sent, name=tenant_of(request.scope).name)
        except Refused as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        async with entering.inside(request):
            done = await leaving.ask(
                at_once=forms.ticked(sent, "at_once"), by=who.id, code=sent.get("code", ""), at=clock.now()
            )
            if done:
                await _tell(request, "company.asked_to_leave")
        if not done:
            return await _page(request, who, forms.refused(sent, WrongCode(), entering.language(request)))
        return entering.redirect(request, _HERE)

    @post("/withdrawal")
    async def withdraw(self, request: Request[Any, Any, Any]) -> Redirect:
        who = await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await leaving.withdraw(by=who.id, at=clock.now())
            await _tell(request, "company.stayed")
        return entering.redirect(request, f"{_HERE}?done=withdrawn")


async def _tell(request: Request[Any, Any, Any], action: str) -> None:
    """The operators see in their log that somebody waits for them, and nothing of who it is.

    Within the company's transaction and before it ends: no word is kept that they have not been told of.
    """
    tenant = tenant_of(request.scope)
    async with office.inside(deployment_of(request.scope)) as desk:
        about = About(tenant=tenant.id, slug=tenant.slug)
        await noting.note(desk.connection, actor=_OWNER, action=action, at=clock.now(), about=about)


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        word = await leaving.standing(at=clock.now())
        by = (await members.find(member=word.member)).name if word else ""
    return await entering.page(
        request,
        who,
        "console_leaving.html",
        say=say,
        word=word,
        by=by,
        company=tenant_of(request.scope).name,
        **tried.shown(),
    )
