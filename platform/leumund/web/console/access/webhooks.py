"""Webhooks: where the company's own systems hear what happens, and what came of telling them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.events import listing, replaying, rules, subscribing
from leumund.events.replaying import EndpointOff
from leumund.events.subscribing import Endpoint, Subscribed
from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.staff.members import Member
from leumund.web import forms, paging, saying
from leumund.web.console import confirming, entering, naming
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Mistyped, Tried

RIGHT = "webhooks.manage"
HERE = "/console/webhooks"
_DONE = ("tested", "paused", "resumed", "removed", "replayed")


class WebhookController(Controller):
    """``/console/webhooks`` and each endpoint below it; a new secret stands in the answer itself and nowhere else."""

    path = "/webhooks"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Three queries, the session's own included."""
        who = await entering.member(request, RIGHT)
        return await _list(request, who, forms.done(request, _DONE))

    @post()
    async def subscribe(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Where events go decides who hears of them, so it takes the second factor."""
        who, sent = await entering.member(request, RIGHT), await forms.filled(request)

        async def deed() -> Subscribed:
            return await subscribing.subscribe(
                name=sent["name"], url=sent["url"], kinds=_kinds(sent), actor=who.actor, at=clock.now()
            )

        try:
            forms.require_filled(sent, fields=("name", "url", "code"))
            made = await confirming.with_code(request, who, sent["code"], deed)
        except (Refused, Refusals) as fault:
            return await _list(request, who, forms.refused(_open(sent), fault, entering.language(request)))
        return await _one(request, who, made.id, Tried(status=201), secret=made.secret)

    @get("/{endpoint:str}")
    async def show(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Response[str]:
        """Three queries, the session's own included."""
        who = await entering.member(request, RIGHT)
        return await _one(request, who, naming.known(endpoint), forms.done(request, _DONE))

    @post("/{endpoint:str}/secret", status_code=200)
    async def renew(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Response[str]:
        who, sent = await entering.member(request, RIGHT), await forms.filled(request)
        known = naming.known(endpoint)

        async def deed() -> Subscribed:
            return await subscribing.renew_secret(endpoint=known, actor=who.actor, at=clock.now())

        try:
            forms.require_filled(sent, fields=("code",))
            made = await confirming.with_code(request, who, sent["code"], deed)
        except (Refused, Refusals) as fault:
            return await _one(request, who, known, forms.refused({}, fault, entering.language(request)))
        return await _one(request, who, known, secret=made.secret)

    @post("/{endpoint:str}/test")
    async def test(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Response[Any]:
        who, known = await entering.member(request, RIGHT), naming.known(endpoint)
        try:
            async with entering.inside(request):
                await replaying.try_out(endpoint=known, at=clock.now())
        except EndpointOff as fault:
            return await _one(request, who, known, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{known}?done=tested")

    @post("/{endpoint:str}/pause")
    async def pause(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Redirect:
        who, known = await entering.member(request, RIGHT), naming.known(endpoint)
        async with entering.inside(request):
            await subscribing.pause(endpoint=known, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{HERE}/{known}?done=paused")

    @post("/{endpoint:str}/resumption")
    async def resume(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Redirect:
        who, known = await entering.member(request, RIGHT), naming.known(endpoint)
        async with entering.inside(request):
            await subscribing.resume(endpoint=known, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{HERE}/{known}?done=resumed")

    @post("/{endpoint:str}/replay")
    async def replay(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Response[Any]:
        """One delivery where the form names it, else all that was given up."""
        who, known = await entering.member(request, RIGHT), naming.known(endpoint)
        sent = await forms.filled(request)
        try:
            async with entering.inside(request):
                await _again(sent, known, who)
        except EndpointOff as fault:
            return await _one(request, who, known, forms.refused({}, fault, entering.language(request)))
        return entering.redirect(request, f"{HERE}/{known}?done=replayed")

    @get("/{endpoint:str}/removal")
    async def ask(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Response[str]:
        who = await entering.member(request, RIGHT)
        return await confirming.page(request, who, await _removal(request, naming.known(endpoint)))

    @post("/{endpoint:str}/removal", status_code=200)
    async def remove(self, request: Request[Any, Any, Any], endpoint: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, RIGHT), await forms.filled(request)
        known = naming.known(endpoint)
        deed = await _removal(request, known)
        try:
            forms.require_typed(sent, name=deed.name)
        except Mistyped as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        async with entering.inside(request):
            await subscribing.remove(endpoint=known, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{HERE}?done=removed")


async def _again(sent: Mapping[str, str], endpoint: UUID, who: Member) -> None:
    """Raises EndpointUnknown, DeliveryUnknown, EndpointOff."""
    at = clock.now()
    if named := sent.get("delivery"):
        await replaying.replay(endpoint=endpoint, delivery=naming.known(named), actor=who.actor, at=at)
    else:
        await replaying.replay_failed(endpoint=endpoint, actor=who.actor, at=at)


def _kinds(sent: Mapping[str, str]) -> list[str]:
    """What was ticked; whoever ticked all hears of kinds to come as well."""
    chosen = [kind for kind in rules.TYPES if forms.ticked(sent, f"kind_{kind}")]
    return [] if len(chosen) == len(rules.TYPES) else chosen


def _open(sent: Mapping[str, str]) -> dict[str, str]:
    """What may stand on the page again."""
    return {name: value for name, value in sent.items() if name != "code"}


async def _removal(request: Request[Any, Any, Any], endpoint: UUID) -> Deed:
    lang = entering.language(request)
    async with entering.reading(request):
        found = await subscribing.find(endpoint=endpoint)
    return Deed(
        name=found.name,
        title=language.text("console.webhooks.remove_of", lang, name=found.name),
        words=language.text("console.webhooks.remove_text", lang),
        button=language.text("console.webhooks.remove", lang),
        back=f"{HERE}/{endpoint}",
        back_name=found.name,
    )


async def _list(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        endpoints, counted = await subscribing.every(), await listing.counted()
    return await entering.page(
        request,
        who,
        "console_webhooks.html",
        endpoints=endpoints,
        counted=counted,
        kinds=rules.BY_NOUN,
        ports=subscribing.PORTS,
        say=await saying.here(request),
        **tried.shown(name="", url=""),
    )


async def _one(
    request: Request[Any, Any, Any], who: Member, endpoint: UUID, tried: Tried = UNTRIED, *, secret: str = ""
) -> Response[str]:
    state = naming.chosen(request, "state", listing.STATES)
    async with entering.reading(request):
        found: Endpoint = await subscribing.find(endpoint=endpoint)
        page = await listing.sent(endpoint=endpoint, state=state, after=paging.after(request), limit=paging.ROWS)
    return await entering.page(
        request,
        who,
        "console_webhook.html",
        endpoint=found,
        sent=page.rows,
        ways=paging.onward(request, page),
        state=state,
        states=listing.STATES,
        secret=secret,
        say=await saying.here(request),
        **tried.shown(),
    )
