"""The copy of all that is stored of a person: to read, to print, and for a machine; and what they may take elsewhere.

Whoever has a second factor is asked for it before anything is shown; a file to carry away is given to nobody without.
"""

from typing import Any

from litestar import Controller, Request, Response, get

from leumund.customers.login import factors
from leumund.customers.login.visiting import Visit
from leumund.kit import clock
from leumund.privacy.copies import accessing, porting
from leumund.privacy.copies.accessing import Copy
from leumund.privacy.copies.porting import Ported
from leumund.web import answering, entering
from leumund.web.public import visitors

_BACK = "copy"


class PortalCopyController(Controller):
    """``/portal/data/copy`` as a page, PDF and JSON, and ``/portal/data/portable`` as JSON and CSV."""

    path = "/portal/data"
    exception_handlers = visitors.FAULTS

    @get("/copy")
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        visit, lang = await _reader(request), await entering.language(request)
        async with entering.reading(request):
            told = await accessing.copy(customer=visit.customer, at=clock.now())
            document = accessing.sheet(told, language=lang)
        return await answering.page(request, "portal_copy.html", document=document)

    @get("/copy.pdf")
    async def pdf(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        told, lang = await _copy(request), await entering.language(request)
        return await answering.pdf(accessing.sheet(told, language=lang), name="copy.pdf")

    @get("/copy.json")
    async def json(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        told, lang = await _copy(request), await entering.language(request)
        return answering.file(accessing.as_json(told, language=lang), name="copy.json")

    @get("/portable.json")
    async def portable_json(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        return answering.file(porting.as_json(await _ported(request)), name="portable.json")

    @get("/portable.csv")
    async def portable_csv(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        ported, lang = await _ported(request), await entering.language(request)
        return answering.file(porting.as_csv(ported, language=lang), name="portable.csv")


async def _reader(request: Request[Any, Any, Any]) -> Visit:
    """Who may read the copy on the page: with a factor that counts, only whoever shows it."""
    visit = await visitors.visit(request)
    async with entering.reading(request):
        counting = await factors.counting(customer=visit.customer, at=clock.now())
    return await visitors.proven(request, back=_BACK) if counting else visit


async def _copy(request: Request[Any, Any, Any]) -> Copy:
    visit = await visitors.proven(request, back=_BACK)
    async with entering.reading(request):
        return await accessing.copy(customer=visit.customer, at=clock.now())


async def _ported(request: Request[Any, Any, Any]) -> Ported:
    visit = await visitors.proven(request, back=_BACK)
    async with entering.reading(request):
        return await porting.port(customer=visit.customer, at=clock.now())
