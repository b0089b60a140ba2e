"""Keys for the company's systems: made, shown once, revoked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.staff import api_keys
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Mistyped, Tried

_RIGHT = "keys.manage"
_DONE = ("revoked",)


class KeyController(Controller):
    """``/console/keys`` and the revocation of one."""

    path = "/keys"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, forms.done(request, _DONE))

    @post()
    async def create(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The page that shows the key is the answer itself: an address that shows it would show it twice."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        try:
            forms.require_filled(sent, fields=("name",))
            async with entering.inside(request):
                created = await api_keys.create(
                    name=sent["name"], scopes=_scopes(sent), actor=who.actor, at=clock.now()
                )
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return await _page(request, who, Tried(status=201), created=created.key, name=sent["name"])

    @get("/{key:uuid}/revocation")
    async def ask(self, request: Request[Any, Any, Any], key: FromPath[UUID]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await confirming.page(request, who, await _revocation(request, key))

    @post("/{key:uuid}/revocation", status_code=200)
    async def revoke(self, request: Request[Any, Any, Any], key: FromPath[UUID]) -> Response[Any]:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        deed = await _revocation(request, key)
        try:
            forms.require_typed(sent, name=deed.name)
        except Mistyped as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        async with entering.inside(request):
            await api_keys.revoke(key=key, actor=who.actor, at=clock.now())
        return entering.redirect(request, "/console/keys?done=revoked")


def _scopes(sent: Mapping[str, str]) -> list[str]:
    return [scope for scope in api_keys.SCOPES if forms.ticked(sent, f"scope_{scope}")]


async def _revocation(request: Request[Any, Any, Any], key: UUID) -> Deed:
    lang = entering.language(request)
    async with entering.reading(request):
        found = await api_keys.find(key=key)
    return Deed(
        name=found.name,
        title=language.text("console.keys.revoke_of", lang, name=found.name),
        words=language.text("console.keys.revoke_text", lang),
        button=language.text("console.keys.revoke", lang),
        back="/console/keys",
        back_name=language.text("console.nav.keys", lang),
    )


async def _page(
    request: Request[Any, Any, Any],
    who: Member,
    tried: Tried = UNTRIED,
    *,
    created: str = "",
    name: str = "",
) -> Response[str]:
    async with entering.reading(request):
        keys = await api_keys.every()
    return await entering.page(
        request,
        who,
        "console_keys.html",
        keys=keys,
        scopes=api_keys.SCOPES,
        say=await saying.here(request),
        created=created,
        name=name,
        **tried.shown(),
    )
