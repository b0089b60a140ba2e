"""Set a program's budget, limits and period while it runs, and end it: each page a form of its own."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.programs import drafting, issuing, moving, offering, steering
from leumund.programs.drafting import ProgramUnknown
from leumund.programs.offers import Offer
from leumund.programs.steering import Frame
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import confirming, entering
from leumund.web.console.confirming import Deed
from leumund.web.console.offer import program_forms
from leumund.web.console.offer.program_pages import PATH, SEEN, WRITE
from leumund.web.console.offer.program_reading import Reading
from leumund.web.forms import UNTRIED, Tried


class ProgramFrameController(Controller):
    """``/console/program/<program>/frame`` and ``ending``."""

    path = "/program/{program:str}"

    @get("/frame")
    async def show(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        return await _frame(request, await entering.member(request, WRITE), program)

    @post("/frame", status_code=200)
    async def settle(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        say, at = await saying.here(request), clock.now()
        try:
            async with entering.inside(request):
                offer = await _found(program)
                read = Reading(sent, say, offer.currency)
                wished = moving.settings(program_forms.framed(drafting.of_offer(offer), read))
                read.require()
                frame = msgspec.convert(wished, Frame)
                await steering.settle(key=program, seen=sent.get(SEEN, ""), frame=frame, actor=who.actor, at=at)
        except Unknown:
            raise
        except (Refused, Refusals) as fault:
            return await _frame(request, who, program, forms.refused(sent, fault, say.lang))
        return entering.redirect(request, f"{PATH}/{program}?done=settled")

    @get("/ending")
    async def ask(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        return await _ending(request, await entering.member(request, WRITE), program)

    @post("/ending", status_code=200)
    async def end(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[Any]:
        """Its name is typed out: what has ended never runs again."""
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        try:
            forms.require_typed(sent, name=program)
            async with entering.inside(request):
                await steering.become(key=program, state="ended", actor=who.actor, at=clock.now())
        except Unknown:
            raise
        except Refused as fault:
            return await _ending(request, who, program, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{program}?done=ended")


async def _found(program: str) -> Offer:
    """Raises ProgramUnknown."""
    offer = await offering.find(key=program)
    if offer is None:
        raise ProgramUnknown("errors.programs.unknown")
    return offer


async def _frame(request: Request[Any, Any, Any], who: Member, program: str, tried: Tried = UNTRIED) -> Response[str]:
    """Two queries."""
    say = await saying.here(request)
    async with entering.reading(request):
        offer = await _found(program)
        spent = await issuing.spent_cents(offer)
    return await entering.page(
        request,
        who,
        "console_program_frame.html",
        say=say,
        offer=offer,
        spent=spent,
        seen=steering.told(offer),
        **tried.shown(**program_forms.typed(drafting.of_offer(offer), say)),
    )


async def _ending(request: Request[Any, Any, Any], who: Member, program: str, tried: Tried = UNTRIED) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        offer = await _found(program)
    title = offer.title(say.lang)
    deed = Deed(
        name=offer.key,
        title=language.text("programs.end_of", say.lang, title=title),
        words=language.text("programs.end_words", say.lang),
        button=language.text("programs.end", say.lang),
        back=f"{PATH}/{program}",
        back_name=title,
    )
    return await confirming.page(request, who, deed, tried)
