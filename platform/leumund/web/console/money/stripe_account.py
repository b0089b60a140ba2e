"""The company's own account at Stripe: its key, what Stripe signs with, and how well it answers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Controller, Request, Response, get, post

from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused
from leumund.payouts.stripe import checking, connecting, keeping, reconciling, topics
from leumund.staff.members import Member
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.console.confirming import Deed
from leumund.web.forms import UNTRIED, Tried

_RIGHT = "stripe.manage"
_HERE = "/console/payouts/stripe"
_DONE = ("kept", "listening", "left")
_SECRET_FIELDS = ("key", "secret", "connect_secret", "code")


class StripeAccountController(Controller):
    """``/console/payouts/stripe``: ``key`` is kept, ``secrets`` are on a page of theirs, ``removal`` gives all up."""

    path = "/payouts/stripe"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Two questions of its own: the account, and what was found to differ."""
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, forms.done(request, _DONE))

    @post("/key")
    async def keep(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whose key it is decides whose money leaves, so it takes the second factor; Stripe is asked before that."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        service = connecting.service(deployment_of(request.scope).settings.stripe_url)
        try:
            forms.require_filled(sent, fields=("key", "code"))
            theirs = await checking.check(service, sent["key"], is_twin=tenant_of(request.scope).is_twin)
            deed = partial(keeping.keep, key=sent["key"], theirs=theirs, actor=who.actor, at=clock.now())
            await confirming.with_code(request, who, sent["code"], deed)
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(_open(sent), fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=kept")

    @get("/secrets")
    async def explain(self, request: Request[Any, Any, Any]) -> Response[str]:
        """One question of its own: the account."""
        return await _listening(request, await entering.member(request, _RIGHT))

    @post("/secrets")
    async def listen(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whoever knows a secret can tell us of purchases, so it takes the second factor."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        told = {name: sent.get(name, "") for name in ("secret", "connect_secret")}
        try:
            forms.require_filled(sent, fields=("code",))
            listen = partial(keeping.listen, **told, actor=who.actor, at=clock.now())
            await confirming.with_code(request, who, sent["code"], listen)
        except (Refused, Refusals) as fault:
            return await _listening(request, who, forms.refused(_open(sent), fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=listening")

    @get("/removal")
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await confirming.page(request, who, _removal(request))

    @post("/removal", status_code=200)
    async def leave(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who, sent, deed = await entering.member(request, _RIGHT), await forms.filled(request), _removal(request)
        try:
            forms.require_typed(sent, name=deed.name)
            leave = partial(keeping.leave, actor=who.actor, at=clock.now())
            await confirming.with_code(request, who, sent.get("code", ""), leave)
        except Refused as fault:
            return await confirming.page(request, who, deed, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=left")


def _open(sent: Mapping[str, str]) -> dict[str, str]:
    """What may stand on the page again: nothing of what was typed here."""
    return {name: value for name, value in sent.items() if name not in _SECRET_FIELDS}


def _removal(request: Request[Any, Any, Any]) -> Deed:
    lang = entering.language(request)
    return Deed(
        name="Stripe",
        title=language.text("console.stripe.leave", lang),
        words=language.text("console.stripe.leave_text", lang),
        button=language.text("console.stripe.leave", lang),
        back=_HERE,
        back_name=language.text("console.nav.stripe", lang),
        coded=True,
    )


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        account, differences = await keeping.current(), await reconciling.standing()
    return await entering.page(
        request,
        who,
        "console_stripe.html",
        account=account,
        differences=differences,
        pausing=account is not None and account.paused_until is not None and account.paused_until > clock.now(),
        rights=checking.RIGHTS,
        say=await saying.here(request),
        **tried.shown(),
    )


async def _listening(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        account = await keeping.current()
    origin = deployment_of(request.scope).settings.origin(tenant_of(request.scope).host)
    return await entering.page(
        request,
        who,
        "console_stripe_secrets.html",
        account=account,
        hook=f"{origin}{topics.PATH}",
        events=list(topics.OWN),
        later_events=topics.LATER,
        recipient_events=list(topics.OF_RECIPIENTS),
        **tried.shown(),
    )
