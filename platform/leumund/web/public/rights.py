"""What anybody may ask for of their data without an account: a form, a code by mail, and a page for the answer.

Whoever asks is answered alike and as late, whether we know the address or not.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.customers.notation import normalising
from leumund.kit import clock, language, tokens
from leumund.kit.faults import Refusals, Refused
from leumund.privacy.cases import answering, rules
from leumund.privacy.cases.answering import AnswerGone
from leumund.privacy.cases.rules import Kind
from leumund.privacy.rights import proving
from leumund.privacy.rights.proving import ProofGone, Proven
from leumund.web import answering as pages
from leumund.web import entering, forms, refusing, saying
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import pacing

# A review is of one decision, which whoever it was about finds in the portal.
KINDS: tuple[Kind, ...] = tuple(kind for kind in rules.KINDS if kind != "review")


class NoKind(Refused):
    """It was not chosen what to ask for."""


class WrongCode(Refused):
    """These are not the digits of the mail."""


async def gone(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    """The link was right or wrong, and opens nothing any more; one asks anew."""
    return await pages.page(request, "rights_gone.html", status=410)


_FAULTS: ExceptionHandlersMap = {ProofGone: refusing.later(gone), AnswerGone: refusing.later(gone)}


class RightsController(Controller):
    """``/rights``, ``/rights/confirm/<token>`` behind the mail and ``/rights/answer/<token>``."""

    path = "/rights"
    exception_handlers = _FAULTS

    @get()
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _form(request)

    @post(status_code=200)
    async def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The same page for everybody, whether we know the address or not."""
        lang, sent = await entering.language(request), await forms.filled(request)
        try:
            kind, email = _asked(sent)
            await pacing.count(request)
            async with pacing.evened(), entering.inside(request):
                told = sent.get("words", "")
                await proving.ask(kind=kind, email=email, told=told, language=lang, at=clock.now())
        except (Refused, Refusals) as fault:
            return forms.timed(await _form(request, forms.refused(sent, fault, lang)), fault)
        return await pages.page(request, "rights_sent.html")

    @get("/confirm/{token:str}")
    async def ask_code(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            kind = await proving.waiting(token=token, at=clock.now())
        return await _code(request, kind)

    @post("/confirm/{token:str}", status_code=200)
    async def confirm(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        """A wrong code is counted, so that the way to the next page is a transaction of its own."""
        sent, at = await forms.filled(request), clock.now()
        async with entering.reading(request):
            kind = await proving.waiting(token=token, at=at)
        async with entering.inside(request):
            proven = await proving.prove(token=token, code=sent.get("code", ""), at=at)
        if proven is None:
            async with entering.reading(request):
                await proving.waiting(token=token, at=at)
            fault = WrongCode("errors.rights.wrong_code", field="code")
            return await _code(request, kind, forms.refused({}, fault, await entering.language(request)))
        return await _proven(request, proven)

    @get("/answer/{token:str}")
    async def answer(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        say = await saying.to_visitor(request)
        async with entering.reading(request):
            found = await answering.read(mail=tokens.read(answering.PURPOSE, token), at=clock.now())
        return await pages.page(request, "rights_answer.html", case=found, say=say)


def _asked(sent: Mapping[str, str]) -> tuple[Kind, str]:
    """What is asked for and by which address. Raises Refusals."""
    kind = next((each for each in KINDS if each == sent.get("kind")), None)
    faults: list[Refused] = [] if kind else [NoKind("errors.rights.no_kind", field="kind")]
    try:
        email = normalising.email(sent.get("email", ""))
    except Refused as fault:
        faults.append(fault)
    if faults or kind is None:
        raise Refusals(faults)
    return kind, email


async def _form(request: Request[Any, Any, Any], tried: Tried = UNTRIED) -> Response[str]:
    chosen = tried.sent.get("kind") or request.query_params.get("kind", "")
    return await pages.page(
        request,
        "rights.html",
        kinds=KINDS,
        chosen=chosen if chosen in KINDS else "",
        **tried.shown(email="", words=""),
    )


async def _code(request: Request[Any, Any, Any], kind: Kind, tried: Tried = UNTRIED) -> Response[str]:
    return await pages.page(request, "rights_code.html", action=request.url.path, kind=kind, **tried.shown())


async def _proven(request: Request[Any, Any, Any], proven: Proven) -> Response[str]:
    say = await saying.to_visitor(request)
    return await pages.page(
        request,
        "rights_opened.html",
        proven=proven,
        due=say.day(proven.case.due_date),
        kind=language.text(f"rights.kind.{proven.case.kind}", say.lang),
    )
