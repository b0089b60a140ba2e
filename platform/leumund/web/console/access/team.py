"""Who works here: inviting, inviting again, another role, and shutting an account."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.kit.language import LANGUAGES
from leumund.messages.accompanying import inviting
from leumund.staff import changing, members, rules
from leumund.staff.changing import LastOwner
from leumund.staff.inviting import RoleUnknown, objections
from leumund.staff.members import Member
from leumund.web import forms, refusing
from leumund.web.console import confirming, entering
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Mistyped, Tried

_RIGHT = "members.manage"
_TEAM = "/console/team"
_DONE = ("invited", "invited_again", "role_changed", "disabled")


async def _refused(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    assert isinstance(fault, Refused), "routed here by type"
    # Nobody else asks, and who was recognised a moment ago is again.
    who = await entering.member(request, _RIGHT)
    tried = forms.refused({}, fault, entering.language(request))
    return await _page(request, who, tried._replace(errors={"form": " ".join(tried.errors.values())}))


_FAULTS: ExceptionHandlersMap = {LastOwner: refusing.later(_refused), RoleUnknown: refusing.later(_refused)}


class TeamController(Controller):
    """``/console/team`` and what is done to one member of it."""

    path = "/team"
    exception_handlers = _FAULTS
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, forms.done(request, _DONE))

    @post()
    async def invite(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        try:
            wrong = objections(email=sent.get("email", ""), role=sent.get("role", ""))
            forms.require_filled(sent, fields=("email", "name"), beside=wrong)
            async with entering.inside(request):
                await inviting.invite(
                    email=sent["email"],
                    name=sent["name"],
                    role=sent.get("role", ""),
                    language=_spoken(sent.get("language", "")),
                    actor=who.actor,
                    at=clock.now(),
                )
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return _done(request, "invited")

    @post("/{member:uuid}/invitation")
    async def invite_again(self, request: Request[Any, Any, Any], member: FromPath[UUID]) -> Redirect:
        who = await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await inviting.invite_again(member=member, actor=who.actor, at=clock.now())
        return _done(request, "invited_again")

    @post("/{member:uuid}/role")
    async def change_role(self, request: Request[Any, Any, Any], member: FromPath[UUID]) -> Redirect:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        async with entering.inside(request):
            await changing.change_role(member=member, role=sent.get("role", ""), actor=who.actor, at=clock.now())
        return _done(request, "role_changed")

    @get("/{member:uuid}/closure")
    async def ask(self, request: Request[Any, Any, Any], member: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await confirming.page(request, who, await _closure(request, member))

    @post("/{member:uuid}/closure", status_code=200)
    async def disable(self, request: Request[Any, Any, Any], member: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        deed = await _closure(request, member)
        try:
            forms.require_typed(sent, name=deed.name)
        except Mistyped as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        async with entering.inside(request):
            await changing.disable(member=member, actor=who.actor, at=clock.now())
        return _done(request, "disabled")


async def _closure(request: Request[Any, Any, Any], member: UUID) -> Deed:
    lang = entering.language(request)
    async with entering.reading(request):
        found = await members.find(member=member)
    return Deed(
        name=found.name,
        title=language.text("console.team.disable_of", lang, name=found.name),
        words=language.text("console.team.disable_text", lang, email=found.email),
        button=language.text("console.team.disable", lang),
        back=_TEAM,
        back_name=language.text("console.nav.team", lang),
    )


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        everybody = await members.everybody()
    return await entering.page(
        request,
        who,
        "console_team.html",
        everybody=everybody,
        roles=rules.ROLES,
        tongues=LANGUAGES,
        **tried.shown(role=rules.VIEWER, language=who.language),
    )


def _done(request: Request[Any, Any, Any], what: str) -> Redirect:
    return entering.redirect(request, f"{_TEAM}?done={what}")


def _spoken(wished: str) -> str:
    return wished if wished in LANGUAGES else LANGUAGES[0]
