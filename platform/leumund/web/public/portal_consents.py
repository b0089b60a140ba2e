"""Consents in the portal: withdrawn by one button, given by the one beside it (GDPR Art. 7(3))."""

from typing import Any

from litestar import Controller, Request, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from leumund.customers import choosing
from leumund.kit import clock
from leumund.web import entering, forms
from leumund.web.public import evidence, visitors
from leumund.web.public.visitors import NotSignedIn

_FAULTS: ExceptionHandlersMap = {NotSignedIn: visitors.to_login}


class PortalConsentController(Controller):
    """``/portal/consents/<purpose>`` with ``choice`` yes or no."""

    path = "/portal/consents/{purpose:str}"
    exception_handlers = _FAULTS

    @post()
    async def choose(self, request: Request[Any, Any, Any], purpose: FromPath[str]) -> Redirect:
        customer, lang = await visitors.signed_in(request), await entering.language(request)
        sent, proof = await forms.filled(request), evidence.of(request, page=choosing.SOURCE)
        async with entering.inside(request):
            await choosing.choose(
                customer=customer,
                purpose=purpose,
                allow=forms.ticked(sent, "choice"),
                language=lang,
                at=clock.now(),
                evidence=proof,
            )
        return entering.redirect(request, "/portal")
