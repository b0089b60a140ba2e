"""Consents in the portal: withdrawn by one button, given by the one beside it (GDPR Art. 7(3))."""

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.customers import choosing
from leumund.customers.choosing import WordingChanged
from leumund.kit import clock
from leumund.web import entering, forms
from leumund.web.public import evidence, portal, visitors
from leumund.web.public.visitors import NotSignedIn

_FAULTS: ExceptionHandlersMap = {NotSignedIn: visitors.to_login}


class PortalConsentController(Controller):
    """``/portal/consents/<purpose>`` with ``choice`` yes or no, and the ``text`` it is about."""

    path = "/portal/consents/{purpose:str}"
    exception_handlers = _FAULTS

    @post()
    async def choose(self, request: Request[Any, Any, Any], purpose: FromPath[str]) -> Response[str] | Redirect:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        sent, proof = await forms.filled(request), evidence.of(request, page=choosing.SOURCE)
        try:
            async with entering.inside(request):
                await choosing.choose(
                    customer=customer,
                    purpose=purpose,
                    allow=forms.ticked(sent, "choice"),
                    shown=sent.get("text", ""),
                    language=lang,
                    at=clock.now(),
                    evidence=proof,
                )
        except WordingChanged as fault:
            async with entering.reading(request):
                seen = await portal.look(customer, lang)
            return await portal.page(request, seen, lang, errors=forms.errors(fault, lang))
        return entering.redirect(request, "/portal")
