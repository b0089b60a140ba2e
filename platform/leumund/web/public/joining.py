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
                shown = await _as_read(person, sent, lang)
                forms.require(sent, fields=())
            await pacing.count(request)
            async with entering.inside(request):
                await _join(request, person, shown, sent, lang, at)
                # Read after the deed: what was published meanwhile would be evidence of words nobody read.
                await _as_read(person, sent, lang)
        except Unknown:
            raise
        except (Refused, Refusals) as fault:
            async with entering.reading(request):
                thanks = await look(invitation=tokens.read(PURPOSE, token), language=lang)
            again = await page(request, thanks, lang, sent=sent, errors=forms.errors(fault, lang))
            return pacing.told(again, fault)
        return await answering.page(request, "joined.html", email_hint=forms.masked(person.email))


async def look(*, invitation: UUID, language: str) -> Thanks:
    """The offer to whoever answered ``invitation`` gladly. Raises InvitationUnknown, NoProgram."""
    person = await thanking.glad(invitation=invitation)
    offer = await offering.current()
    taking_part = await joining.takes_part(customer=person.customer, program=offer.id)
    open_to = None if taking_part else await wordings.shown(language=language, customer=person.customer)
    return Thanks(offer, f"/join/{tokens.sign(PURPOSE, invitation)}", open_to)


async def page(
    request: Request[Any, Any, Any],
    thanks: Thanks,
    lang: str,
    *,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    """Thanks for a glad answer, with the offer; what is wrong belongs to its form, which goes with it."""
    form = _form(thanks, sent or {})
    faults = errors if errors and form else {}
    company = (await dressing.dress_of(request)).profile.name
    return await answering.page(
        request,
        "survey_thanks.html",
        status=422 if faults else 200,
        promoter=True,
        offer=offers.to_advocate(thanks.offer, company=company, language=lang),
        join=form,
        errors=faults,
    )


async def _as_read(person: Glad, sent: Mapping[str, str], lang: str) -> Wordings:
    """The current wordings, which are those beside the form that was sent. Raises OutOfDate."""
    shown = await wordings.shown(language=lang, customer=person.customer)
    if not _proves(shown, sent):
        raise forms.OutOfDate("errors.forms.out_of_date")
    return shown


def _proves(shown: Wordings, sent: Mapping[str, str]) -> bool:
    return sent.get("wordings", "") == shown.fingerprint()


async def _join(
    request: Request[Any, Any, Any], person: Glad, shown: Wordings, sent: Mapping[str, str], lang: str, at: datetime
) -> None:
    await joining.join(
        customer=person.customer,
        email=person.email,
        consents=shown.chosen(sent),
        terms=shown.terms.id,
        language=lang,
        at=at,
        evidence=evidence.of(request, page=PURPOSE),
    )


def _form(thanks: Thanks, sent: Mapping[str, str]) -> dict[str, Any] | None:
    shown = thanks.wordings
    if shown is None:
        return None
    return {
        "action": thanks.action,
        "wordings": shown.fingerprint(),
        "given": shown.given,
        **shown.view(sent, proven=_proves(shown, sent)),
    }
