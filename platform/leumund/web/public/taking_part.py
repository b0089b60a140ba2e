"""The form by which somebody takes part, on whatever page it stands: it is read, sent, and confirmed by mail alike."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request, Response

from leumund.consent.evidence.serving import Served
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.programs import joining
from leumund.programs.offers import Offer
from leumund.theming.looks import Look
from leumund.web import answering, dressing, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import evidence, offers, pacing, serving, wordings
from leumund.web.public.serving import Serving
from leumund.web.public.wordings import Wordings


class Offered(NamedTuple):
    """What one person is shown: the offer, and the form unless they take part already.

    ``source`` says in the evidence which page that was, ``action`` where its form goes, ``url`` the same without what
    names somebody in it. ``greeting`` is what the page says above it, where that depends on what they take part in.
    """

    customer: UUID
    email: str
    offer: Offer
    source: str
    action: str
    url: str
    template: str
    wordings: Wordings | None
    greeting: str = ""


class Answer(NamedTuple):
    """What was sent, to which wordings, in the form as it was served."""

    shown: Wordings
    sent: Mapping[str, str]
    served: Served


Looking = Callable[[], Awaitable[Offered]]


async def page(
    request: Request[Any, Any, Any],
    offered: Offered,
    lang: str,
    tried: Tried = UNTRIED,
) -> Response[str]:
    """The offer with its form; what is wrong belongs to the form, which goes with it."""
    dress = await dressing.dress_of(request)
    form = await _form(request, offered, tried.sent, lang)
    company = dress.profile.name
    return await answering.page(
        request,
        offered.template,
        promoter=True,
        greeting=offered.greeting,
        offer=offers.to_advocate(offered.offer, company=company, language=lang, at=clock.now()),
        join=form,
        **(tried if form else UNTRIED).shown(),
    )


async def accept(request: Request[Any, Any, Any], look: Looking) -> Response[str]:
    """Take the form of what ``look`` reads, and say that a mail is under way; else the form with what is wrong."""
    lang, at = await entering.language(request), clock.now()
    sent = await forms.filled(request)
    try:
        worn = (await dressing.dress_of(request)).look
        async with entering.reading(request):
            offered = await look()
            shown = await _serving(offered, worn, lang)
            served = shown.served(sent, at=at)
            forms.require(sent, fields=())
        await pacing.count(request)
        async with entering.inside(request):
            await _join(request, offered, Answer(shown.shown, sent, served), lang, at)
            # Read after the deed: what was published meanwhile would be evidence of words nobody read.
            (await _serving(offered, worn, lang)).served(sent, at=at)
    except Unknown:
        raise
    except (Refused, Refusals) as fault:
        async with entering.reading(request):
            offered = await look()
        again = await page(request, offered, lang, forms.refused(sent, fault, lang))
        return forms.timed(again, fault)
    return await answering.page(request, "joined.html", email_hint=forms.masked(offered.email))


async def _serving(offered: Offered, look: Look, lang: str) -> Serving:
    """The form with the current wordings, which holds for this person alone."""
    shown = await wordings.shown(language=lang, customer=offered.customer, offer=offered.offer)
    return Serving(_named(offered), shown, look, lang)


def _named(offered: Offered) -> serving.Form:
    return serving.Form(key=offered.source, template=offered.template, url=offered.url, about=str(offered.customer))


async def _join(request: Request[Any, Any, Any], offered: Offered, answer: Answer, lang: str, at: datetime) -> None:
    form = joining.Form(
        language=lang,
        terms=answer.shown.terms.id,
        consents=answer.shown.chosen(answer.sent),
        evidence=evidence.of(request, page=offered.source),
        served=answer.served,
    )
    await joining.join(customer=offered.customer, email=offered.email, form=form, at=at, program=offered.offer.key)


async def _form(
    request: Request[Any, Any, Any], offered: Offered, sent: Mapping[str, str], lang: str
) -> dict[str, Any] | None:
    shown = offered.wordings
    if shown is None:
        return None
    look, at = (await dressing.dress_of(request)).look, clock.now()
    form = Serving(_named(offered), shown, look, lang)
    async with entering.reading(request):
        token, proven = form.token(sent, at=at), form.proven(sent, at=at)
    return {
        "action": offered.action,
        "form_token": token,
        "given": shown.given,
        **shown.view(sent, proven=proven),
    }
