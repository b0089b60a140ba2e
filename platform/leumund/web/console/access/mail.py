"""The company's name before mail servers: the records its domain needs, and a server of its own."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.company import describing
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.messages.carrying import choosing, signing
from leumund.messages.carrying.choosing import Server
from leumund.staff.members import Member
from leumund.tenancy.arriving import deployment_of
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.forms import UNTRIED, Tried

_RIGHT = "mail.manage"
_HERE = "/console/mail"
_DONE = ("prepared", "looking", "chosen", "left")


class MailController(Controller):
    """``/console/mail``: ``records`` makes a key, ``look`` asks DNS anew, ``server`` takes one or gives it up."""

    path = "/mail"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _page(request, who, forms.done(request, _DONE))

    @post("/records")
    async def prepare(self, request: Request[Any, Any, Any]) -> Redirect:
        who = await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await signing.prepare(actor=who.actor, at=clock.now())
            await signing.look_up(at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=prepared")

    @post("/look")
    async def look(self, request: Request[Any, Any, Any]) -> Redirect:
        await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await signing.look_up(at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=looking")

    @post("/server")
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whose server carries the mails decides who can read them, so it takes the second factor."""
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        try:
            forms.require_filled(sent, fields=("host", "port", "code"))
            await confirming.with_code(request, who, sent["code"], partial(_choose, who, sent))
        except (Refused, Refusals) as fault:
            return await _page(request, who, forms.refused(_open(sent), fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=chosen")

    @post("/server/removal")
    async def leave(self, request: Request[Any, Any, Any]) -> Response[Any]:
        who = await entering.member(request, _RIGHT)
        async with entering.inside(request):
            await choosing.leave(actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=left")


async def _choose(who: Member, sent: Mapping[str, str]) -> None:
    """Raises choosing.BadServer."""
    server = Server(sent["host"], forms.whole(sent, "port"), sent.get("username", ""), sent.get("password", ""))
    await choosing.choose(server=server, actor=who.actor, at=clock.now())


def _open(sent: Mapping[str, str]) -> dict[str, str]:
    """What may stand on the page again."""
    return {name: value for name, value in sent.items() if name not in ("password", "code")}


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    spf = deployment_of(request.scope).settings.sender_spf
    async with entering.reading(request):
        profile = await describing.profile()
        sender = await signing.current()
        server = await choosing.current()
    return await entering.page(
        request,
        who,
        "console_mail.html",
        profile=profile,
        sender=sender,
        records=sender.wanted(spf) if sender else [],
        server=server,
        ports=choosing.PORTS,
        say=await saying.here(request),
        **tried.shown(),
    )
