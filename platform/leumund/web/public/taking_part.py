"""The form by which somebody takes part, on whatever page it stands: it is read, sent, and confirmed by mail alike."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request, Response

from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.programs import joining
from leumund.programs.offering import Offer
from leumund.web import answering, dressing, entering, forms
from leumund.web.public import evidence, offers, pacing, wordings
from leumund.web.public.wordings import Wordings


class Offered(NamedTuple):
    """What one person is shown: the offer, and the form unless they take part already.

    ``source`` says in the evidence which page that was, ``action`` where its form goes.
    """

    customer: UUID
    email: str
    offer: Offer
    source: str
    action: str
    template: str
    wordings: Wordings | None


Look = Callable[[], Awaitable[Offered]]


async def page(
    request: Request[Any, Any, Any],
    offered: Offered,
    lang: str,
    *,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    """The offer with its form; what is wrong belongs to the form, which goes with it."""
    form = _form(offered, sent or {})
    faults = errors if errors and form else {}
    company = (await dressing.dress_of(request)).profile.name
    return await answering.page(
        request,
        offered.template,
        status=422 if faults else 200,
        promoter=True,
        offer=offers.to_advocate(offered.offer, company=company, language=lang),
        join=form,
        errors=faults,
    )


async def accept(request: Request[Any, Any, Any], look: Look) -> Response[str]:
    """Take the form of what ``look`` reads, and say that a mail is under way; else the form with what is wrong."""
    lang, at = await entering.language(request), clock.now()
    sent = await forms.filled(request)
    try:
        async with entering.reading(request):
            offered = await look()
            shown = await _as_read(offered, sent, lang)
            forms.require(sent, fields=())
        await pacing.count(request)
        async with entering.inside(request):
            await _join(request, offered, shown, sent, lang, at)
            # Read after the deed: what was published meanwhile would be evidence of words nobody read.
            await _as_read(offered, sent, lang)
    except Unknown:
        raise
    except (Refused, Refusals) as fault:
        async with entering.reading(request):
            offered = await look()
        again = await page(request, offered, lang, sent=sent, errors=forms.errors(fault, lang))
        return pacing.told(again, fault)
    return await answering.page(request, "joined.html", email_hint=forms.masked(offered.email))


async def _as_read(offered: Offered, sent: Mapping[str, str], lang: str) -> Wordings:
    """The current wordings, which are those beside the form that was sent. Raises OutOfDate."""
    shown = await wordings.shown(language=lang, customer=offered.customer)
    if not _proves(shown, sent):
        raise forms.OutOfDate("errors.forms.out_of_date")
    return shown


def _proves(shown: Wordings, sent: Mapping[str, str]) -> bool:
    return sent.get("wordings", "") == shown.fingerprint()


async def _join(
    request: Request[Any, Any, Any],
    offered: Offered,
    shown: Wordings,
    sent: Mapping[str, str],
    lang: str,
    at: datetime,
) -> None:
    await joining.join(
        customer=offered.customer,
        email=offered.email,
        consents=shown.chosen(sent),
        terms=shown.terms.id,
        language=lang,
        at=at,
        evidence=evidence.of(request, page=offered.source),
    )


def _form(offered: Offered, sent: Mapping[str, str]) -> dict[str, Any] | None:
    shown = offered.wordings
    if shown is None:
        return None
    return {
        "action": offered.action,
        "wordings": shown.fingerprint(),
        "given": shown.given,
        **shown.view(sent, proven=_proves(shown, sent)),
    }
