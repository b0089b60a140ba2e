"""A survey at a counter, or within a page of the company's own: whoever comes along answers, and nobody knows who."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, tokens
from leumund.kit.faults import Refusals, Refused, TooSoon, Unknown
from leumund.kit.tokens import BadToken
from leumund.surveys.answers.following import Sent
from leumund.surveys.asking import dropping_in, placing
from leumund.surveys.asking.placing import NoLongerStanding, Standing
from leumund.theming import assets
from leumund.web import defending, entering, forms, peers, refusing
from leumund.web.public import questions, survey
from leumund.web.public.questions import Shown

# Somebody begins, is called away and goes on; a form that lay open overnight is somebody else's.
TTL_SECONDS = 2 * 60 * 60
_PURPOSE, _TICKET = "counter", "form_token"
_SCRIPT_HEADERS = {
    # Pages of the company's own load it from here, from wherever they are; it holds nothing of anybody's.
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "private, max-age=3600",
}


async def _over(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    assert isinstance(fault, NoLongerStanding), "routed here by type"
    return _framed(await survey.gone(request, fault), fault.origins)


_FAULTS: ExceptionHandlersMap = {NoLongerStanding: refusing.later(_over)}


class CounterController(Controller):
    """``/u/<code>``: a GET gives a form its ticket, by which sending it twice is one answer."""

    path = "/u"
    exception_handlers = _FAULTS

    @get("/survey.js")
    async def component(self) -> Response[bytes]:
        """The element by which a page of the company's own frames a survey."""
        asset = assets.worn(theme="plain", name="embedding.js")
        return Response(asset.body, media_type=asset.content_type, headers=_SCRIPT_HEADERS)

    @get("/{code:str}")
    async def ask(self, request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            found = await placing.standing(code=code)
            ticket = _fresh(code)
        return await _page(request, found, Shown(found.survey, 0, {}, hidden={_TICKET: ticket}))

    @post("/{code:str}", status_code=200)
    async def answer(self, request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        lang, at, sent = await entering.language(request), clock.now(), await forms.listed(request)
        number = questions.number(sent)
        async with entering.reading(request):
            found = await placing.standing(code=code)
        try:
            async with entering.reading(request):
                ticket = _ticket(code, sent)
            said = dropping_in.read(found, sent=sent, page=number)
            # What keeps nothing is not counted: a survey of five pages is one answer.
            if said.next_page is None:
                async with entering.inside(request):
                    await dropping_in.count(peer=peers.place(request), code=code, at=at)
                async with entering.inside(request):
                    said = await dropping_in.answer(code=code, ticket=ticket, sent=sent, page=number, language=lang)
        except (Unknown, NoLongerStanding):
            raise
        except (Refused, Refusals) as fault:
            hidden = {_TICKET: await _kept(request, code, sent, fault)}
            return await _page(request, found, Shown(found.survey, number, sent, hidden=hidden), fault=fault)
        if said.next_page is not None:
            shown = Shown(found.survey, said.next_page, sent, hidden={_TICKET: "".join(sent[_TICKET])})
            return await _page(request, found, shown)
        again = request.url.path if found.kind == "qr" else ""
        framed = found.kind == "embed"
        return _framed(await survey.thanks_to_nobody(request, said, framed=framed, again=again), found.origins)


async def _page(
    request: Request[Any, Any, Any], found: Standing, shown: Shown, *, fault: Refused | Refusals | None = None
) -> Response[str]:
    answer = await questions.page(request, shown, fault=fault, framed=found.kind == "embed")
    if isinstance(fault, TooSoon):
        answer.status_code = 429
        answer.set_header("retry-after", str(fault.wait_seconds))
    return _framed(answer, found.origins)


def _framed(answer: Response[str], origins: Sequence[str]) -> Response[str]:
    """Only pages of the company's own may frame it, and only where it is meant for that: a place elsewhere has none."""
    if origins:
        ancestors = f"frame-ancestors {' '.join(origins)}"
        answer.set_header("content-security-policy", defending.POLICY.replace("frame-ancestors 'none'", ancestors))
    return answer


def _fresh(code: str) -> str:
    payload = f"{uuid4().hex} {code}"
    return tokens.sign_until(_PURPOSE, payload, at=clock.now(), ttl_seconds=TTL_SECONDS)


def _ticket(code: str, sent: Sent) -> UUID:
    """Raises OutOfDate."""
    try:
        number, _, place = tokens.read_until(_PURPOSE, "".join(sent.get(_TICKET, ())), at=clock.now()).partition(" ")
    except BadToken:
        raise forms.OutOfDate("errors.forms.out_of_date") from None
    if place != code:
        raise forms.OutOfDate("errors.forms.out_of_date")
    return UUID(number)


async def _kept(request: Request[Any, Any, Any], code: str, sent: Sent, fault: Refused | Refusals) -> str:
    """The form's ticket, or a fresh one where that was none."""
    if not isinstance(fault, forms.OutOfDate):
        return "".join(sent.get(_TICKET, ()))
    async with entering.reading(request):
        return _fresh(code)
