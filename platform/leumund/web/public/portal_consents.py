"""Consents in the portal: withdrawn by one button, given by the one beside it (GDPR Art. 7(3))."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.consent import confirming, reading, requesting, withdrawing
from leumund.customers import finding
from leumund.kit import clock
from leumund.kit.faults import Unknown
from leumund.web import entering, forms
from leumund.web.public import evidence, visitors
from leumund.web.public.visitors import NotSignedIn

SOURCE = "portal"


class PurposeUnknown(Unknown):
    """The company does not ask for a consent of this purpose."""


_FAULTS: ExceptionHandlersMap = {NotSignedIn: visitors.to_login}


class PortalConsentController(Controller):
    """``/portal/consents/<purpose>`` with ``choice`` yes or no."""

    path = "/portal/consents/{purpose:str}"
    exception_handlers = _FAULTS

    @post()
    async def choose(self, request: Request[Any, Any, Any], purpose: FromPath[str]) -> Redirect:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        sent, proof = await forms.filled(request), evidence.of(request, page=SOURCE)
        async with entering.inside(request):
            email = await _address(customer, purpose, lang)
            if forms.ticked(sent, "choice"):
                await _give(customer, email, purpose, lang, proof, clock.now())
            else:
                await withdrawing.withdraw(
                    customer=customer, email=email, purpose=purpose, source=SOURCE, evidence=proof, at=clock.now()
                )
        return entering.redirect(request, "/portal")


async def _address(customer: UUID, purpose: str, lang: str) -> str:
    """Where the consent is about; only for a purpose the portal shows."""
    person = await finding.by_id(customer=customer)
    offered = await reading.standing(customer=customer, language=lang)
    if person is None or person.email is None or purpose not in {each.purpose for each in offered}:
        raise PurposeUnknown("errors.forms.purpose_unknown")
    return person.email


async def _give(customer: UUID, email: str, purpose: str, lang: str, proof: dict[str, object], at: datetime) -> None:
    # The session began with a link mailed to this very address half a day ago at most: that mail is the second opt-in,
    # so that the button confirms what it asks for.
    asked = await requesting.request(
        customer=customer, email=email, purposes=[(purpose, True)], language=lang, source=SOURCE, evidence=proof, at=at
    )
    await confirming.confirm(request=asked, at=at, evidence={**proof, "method": "mailed login"})
