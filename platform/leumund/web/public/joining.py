"""Taking part: the offer to a glad customer, its terms, and the boxes nobody ticks for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.kit import clock, tokens
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.messages import kinds
from leumund.programs import joining, offering
from leumund.programs.offering import NoProgram, Offer
from leumund.surveys import thanking
from leumund.surveys.thanking import Glad
from leumund.web import answering, dressing, entering, forms, refusing
from leumund.web.public import evidence, offers, pacing, wordings
from leumund.web.public.wordings import Wordings

PURPOSE = kinds.signed_for("advocate_invitation")


class Thanks(NamedTuple):
    """What a glad customer is shown: the offer, and the form unless they take part already."""

    offer: Offer
    action: str
    wordings: Wordings | None


_FAULTS: ExceptionHandlersMap = {NoProgram: refusing.later(refusing.unknown)}


class JoinController(Controller):
    """``/join/<token>``: the token names the survey invitation whose glad answer led here."""

    path = "/join/{token:str}"
    exception_handlers = _FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang = await entering.language(request)
        async with entering.reading(request):
            thanks = await look(invitation=tokens.read(PURPOSE, token), language=lang)
        return await page(request, thanks, lang)

    @post(status_code=200)
    async def join(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        lang, at = await entering.language(request), clock.now()
        sent = await forms.filled(request)
        try:
            async with entering.reading(request):
                person = await thanking.glad(invitation=tokens.read(PURPOSE, token))
                forms.require(sent, fields=())
            await pacing.count(request)
            async with entering.inside(request):
                await _join(request, person, sent, lang, at)
        except Unknown:
            raise
        except (Refused, Refusals) as fault:
            async with entering.reading(request):
                thanks = await look(invitation=tokens.read(PURPOSE, token), language=lang)
            return await page(request, thanks, lang, errors=forms.errors(fault, lang))
        return await answering.page(request, "joined.html", email_hint=forms.masked(person.email))


async def look(*, invitation: UUID, language: str) -> Thanks:
    """The offer to whoever answered ``invitation`` gladly. Raises InvitationUnknown, NoProgram."""
    person = await thanking.glad(invitation=invitation)
    offer = await offering.current()
    taking_part = await joining.takes_part(customer=person.customer, program=offer.id)
    open_to = None if taking_part else await wordings.shown(language=language, customer=person.customer)
    return Thanks(offer, f"/join/{tokens.sign(PURPOSE, invitation)}", open_to)


async def page(
    request: Request[Any, Any, Any], thanks: Thanks, lang: str, *, errors: Mapping[str, str] | None = None
) -> Response[str]:
    """Thanks for a glad answer, with the offer."""
    company = (await dressing.dress_of(request)).profile.name
    return await answering.page(
        request,
        "survey_thanks.html",
        status=422 if errors else 200,
        promoter=True,
        offer=offers.to_advocate(thanks.offer, company=company, language=lang),
        join=_form(thanks),
        errors=errors or {},
    )


async def _join(
    request: Request[Any, Any, Any], person: Glad, sent: Mapping[str, str], lang: str, at: datetime
) -> None:
    shown = await wordings.shown(language=lang, customer=person.customer)
    await joining.join(
        customer=person.customer,
        email=person.email,
        consents=shown.chosen(sent),
        terms=shown.terms.id,
        language=lang,
        at=at,
        evidence=evidence.of(request, page=PURPOSE),
    )


def _form(thanks: Thanks) -> dict[str, Any] | None:
    if thanks.wordings is None:
        return None
    return {
        "action": thanks.action,
        "terms": thanks.wordings.terms,
        "notice": thanks.wordings.notice,
        "consents": thanks.wordings.boxes(),
        "given": thanks.wordings.given,
    }
