"""``/console/agreement``: the agreement with the operator, the owner's word for it, and what changes about it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.company import agreeing
from leumund.company.processing import Described
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.kit.sheets import Sheet
from leumund.privacy.agreement import accepting, changing, subprocessors, wording
from leumund.privacy.agreement.accepting import Read
from leumund.staff import members
from leumund.staff.members import Member
from leumund.tenancy.arriving import deployment_of
from leumund.web import answering, forms, saying
from leumund.web.console import entering, naming
from leumund.web.console.naming import NoSuchPage
from leumund.web.console.privacy import records
from leumund.web.forms import UNTRIED, Tried

_SEE, _ACCEPT = "records.see", "agreement.accept"
_HERE = "/console/agreement"
_DONE = ("accepted", "objected")


class AgreementController(Controller):
    """The document as it is now, every acceptance as it was, and notices of changes."""

    path = "/agreement"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, _SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @post(status_code=200)
    async def accept(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        who, sent = await entering.member(request, _ACCEPT), await forms.filled(request)
        try:
            async with entering.inside(request):
                await accepting.accept(
                    document=await _document(request),
                    processors=_processors(request),
                    read=Read(sent.get("read", ""), forms.ticked(sent, "accepted")),
                    actor=who.actor,
                    at=clock.now(),
                )
        except Refused as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{_HERE}?done=accepted")

    @post("/notices/{notice:uuid}/objection")
    async def object_to(self, request: Request[Any, Any, Any], notice: FromPath[UUID]) -> Redirect:
        who = await entering.member(request, _ACCEPT)
        async with entering.inside(request):
            await changing.object_to(notice=notice, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done=objected")

    @get("/agreement.pdf")
    async def as_pdf(self, request: Request[Any, Any, Any]) -> Response[Any]:
        await entering.member(request, _SEE)
        async with entering.reading(request):
            document = await _document(request)
        return await _file(document)

    @get("/{acceptance:str}/agreement.pdf")
    async def accepted(self, request: Request[Any, Any, Any], acceptance: FromPath[str]) -> Response[Any]:
        """The very document that was accepted."""
        await entering.member(request, _SEE)
        async with entering.reading(request):
            kept = {each.id: each for each in await agreeing.acceptances()}.get(naming.known(acceptance))
        if kept is None:
            raise NoSuchPage("errors.http.404.message")
        document = msgspec.json.decode(kept.document, type=Sheet)
        return await _file(msgspec.structs.replace(document, at=kept.at, foot=f"SHA-256 {kept.sha256}"))


async def _file(document: Sheet) -> Response[Any]:
    return await answering.pdf(document, name="agreement.pdf")


async def _document(request: Request[Any, Any, Any]) -> Sheet:
    return await wording.sheet(
        lang=entering.language(request),
        surroundings=records.surroundings(deployment_of(request.scope).settings),
        processors=_processors(request),
        at=clock.now(),
    )


def _processors(request: Request[Any, Any, Any]) -> list[Described]:
    return subprocessors.read(deployment_of(request.scope).settings.subprocessors_file)


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        document = await _document(request)
        acceptances = await agreeing.acceptances()
        notices = await changing.notices()
        names = await members.names()
    return await entering.page(
        request,
        who,
        "console_agreement.html",
        document=document,
        fingerprint=wording.fingerprint(document),
        acceptances=acceptances,
        is_current=any(each.version == wording.VERSION for each in acceptances),
        notices=notices[:-1],
        names=names,
        now=clock.now(),
        say=say,
        **tried.shown(),
    )
