"""``/console/breaches``: the register of data breaches, each with its clock, its story and its document."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.company import describing
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.kit.sheets import Sheet
from leumund.privacy.breaches import listing, recording, rules, showing
from leumund.privacy.breaches.recording import NotYet, Said
from leumund.staff import members
from leumund.staff.members import Member
from leumund.web import answering, forms, saying
from leumund.web.console import entering, naming
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

_RIGHT = "breaches.manage"
_HERE = "/console/breaches"


class BreachController(Controller):
    """The register, a form that begins an entry, and one entry with its steps."""

    path = "/breaches"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _register(request, who)

    @post(status_code=200)
    async def record(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        who, sent, say = await entering.member(request, _RIGHT), await forms.filled(request), await saying.here(request)
        try:
            known_at = say.meant(sent.get("known_at", ""))
            if known_at is None:
                raise NotYet("errors.breaches.known_at", field="known_at")
            async with entering.inside(request):
                breach = await recording.record(
                    words=sent.get("words", ""), known_at=known_at, actor=who.actor, at=clock.now()
                )
        except Refused as fault:
            return await _register(request, who, forms.refused(sent, fault, say.lang))
        return entering.redirect(request, f"{_HERE}/{breach}")

    @get("/{breach:str}")
    async def show_one(self, request: Request[Any, Any, Any], breach: FromPath[str]) -> Response[str]:
        who = await entering.member(request, _RIGHT)
        return await _entry(request, who, naming.known(breach))

    @post("/{breach:uuid}/steps", status_code=200)
    async def take(self, request: Request[Any, Any, Any], breach: FromPath[UUID]) -> Response[str] | Redirect:
        who, sent = await entering.member(request, _RIGHT), await forms.filled(request)
        said = Said(words=sent.get("words", ""), people=_counted(sent, "people"), records=_counted(sent, "records"))
        try:
            async with entering.inside(request):
                await recording.take(
                    breach=breach, what=sent.get("what", ""), said=said, actor=who.actor, at=clock.now()
                )
        except Refused as fault:
            return await _entry(request, who, breach, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}/{breach}")

    @get("/{breach:str}/breach.pdf")
    async def as_pdf(self, request: Request[Any, Any, Any], breach: FromPath[str]) -> Response[Any]:
        return await answering.pdf(await _sheet(request, breach), name="breach.pdf")

    @get("/{breach:str}/breach.json")
    async def as_json(self, request: Request[Any, Any, Any], breach: FromPath[str]) -> Response[Any]:
        content = msgspec.json.format(msgspec.json.encode(await _sheet(request, breach)))
        return answering.file(content, name="breach.json")


async def _register(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say, now = await saying.here(request), clock.now()
    async with entering.reading(request):
        breaches = await listing.every(at=now)
    shown = tried.shown(known_at=_local(now, say), words="")
    return await entering.page(request, who, "console_breaches.html", breaches=breaches, say=say, **shown)


async def _entry(request: Request[Any, Any, Any], who: Member, breach: UUID, tried: Tried = UNTRIED) -> Response[str]:
    say, now = await saying.here(request), clock.now()
    async with entering.reading(request):
        found = await listing.find(breach=breach, at=now)
        names = await members.names()
    return await entering.page(
        request,
        who,
        "console_breach.html",
        breach=found,
        names=names,
        parts=rules.CONTENT,
        steps=rules.STEPS,
        hours=round((found.standing.due_at - now).total_seconds() / 3600),
        say=say,
        **tried.shown(what="", words=""),
    )


async def _sheet(request: Request[Any, Any, Any], breach: str) -> Sheet:
    await entering.member(request, _RIGHT)
    say, now = await saying.here(request), clock.now()
    async with entering.reading(request):
        found = await listing.find(breach=naming.known(breach), at=now)
        controller = await describing.controller()
    return showing.sheet(found, controller=controller, lang=say.lang, moment=say.moment, at=now)


def _local(at: datetime, say: Saying) -> str:
    return at.astimezone(say.zone).strftime("%Y-%m-%dT%H:%M")


def _counted(sent: Mapping[str, str], name: str) -> int | None:
    return forms.whole(sent, name, otherwise=recording.NO_NUMBER) if sent.get(name) else None
