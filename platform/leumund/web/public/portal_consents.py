"""Consents in the portal: withdrawn by one button, given by the one beside it (GDPR Art. 7(3))."""

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.customers.changing import choosing
from leumund.customers.changing.choosing import WordingChanged
from leumund.kit import clock
from leumund.web import entering, forms
from leumund.web.public import portal, preferring, visitors


class PortalConsentController(Controller):
    """``/portal/consents/<purpose>`` with ``choice`` yes or no, and the ``text`` it is about."""

    path = "/portal/consents/{purpose:str}"
    exception_handlers = visitors.FAULTS

    @post()
    async def choose(self, request: Request[Any, Any, Any], purpose: FromPath[str]) -> Response[str] | Redirect:
        customer, told = await visitors.signed_in(request), await preferring.told(request, source=choosing.SOURCE)
        choice = preferring.chosen(await forms.filled(request), purpose)
        try:
            async with entering.inside(request):
                if preferring.stops_all(request, choice):
                    await choosing.stop(customer=customer, page=told, at=clock.now())
                else:
                    await choosing.choose(customer=customer, choice=choice, page=told, at=clock.now())
        except WordingChanged as fault:
            async with entering.reading(request):
                seen = await portal.look(customer, told.language)
            return await portal.page(request, seen, told.language, forms.refused({}, fault, told.language))
        return entering.redirect(request, "/portal")
