"""What was written to a person, and why: the newest mails, each with its basis, and those that were held."""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.messages import listing
from leumund.web import answering, entering, saying
from leumund.web.public import visitors

_NEWEST = 100


class PortalMessageController(Controller):
    """``/portal/messages``: for the person whose session this is, and nobody else."""

    path = "/portal/messages"
    exception_handlers = visitors.FAULTS

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        customer, say = await visitors.signed_in(request), await saying.to_visitor(request)
        async with entering.reading(request):
            mails = await listing.to_customer(customer=customer, limit=_NEWEST)
        return await answering.page(request, "portal_messages.html", path="/portal/messages", mails=mails, say=say)
