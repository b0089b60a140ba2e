"""The copy of somebody's data behind a mailed link: opened by a button, once, then read and saved for half an hour."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from leumund.customers.records.finding import CustomerUnknown
from leumund.kit import clock
from leumund.kit.sheets import Sheet
from leumund.privacy.copies import accessing, porting
from leumund.privacy.rights import copying
from leumund.privacy.rights.copying import Copy, CopyGone
from leumund.tenancy.arriving import tenant_of
from leumund.web import answering, entering, forms, refusing
from leumund.web.public import rights

# What is saved of a copy to read, and of one to take along.
_FORMS: Mapping[str, tuple[str, ...]] = {"access": ("pdf", "json"), "portability": ("json", "csv")}
_FAULTS: ExceptionHandlersMap = {
    CopyGone: refusing.later(rights.gone),
    # Erased between the request and the opening of its copy.
    CustomerUnknown: refusing.later(rights.gone),
}


class Laid(NamedTuple):
    """What one copy holds: a document to read, or bytes to save; a PDF is set once no scope is open."""

    sheet: Sheet | None
    saved: bytes | None


class RightsCopyController(Controller):
    """``/rights/copy/<token>``: the GET asks, the POST opens; whoever only opens links uses nothing up."""

    path = "/rights/copy/{token:str}"
    exception_handlers = _FAULTS

    @get()
    async def ask(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        async with entering.reading(request):
            await copying.ready(token=token, at=clock.now())
        return await answering.page(request, "rights_copy.html", action=request.url.path, copy=None)

    @post(status_code=200)
    async def open(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        sent, lang, at = await forms.filled(request), await entering.language(request), clock.now()
        if secret := sent.get("secret", ""):
            return await _save(request, token, secret, sent.get("form", ""))
        async with entering.inside(request):
            copy = await copying.open(token=token, at=at)
            laid = await _lay(copy, "", lang)
        return await answering.page(
            request,
            "rights_copy.html",
            action=request.url.path,
            copy=copy,
            sheet=laid.sheet,
            forms=_FORMS[copy.kind],
        )


async def _save(request: Request[Any, Any, Any], token: str, secret: str, form: str) -> Response[bytes]:
    """The copy as a file, for the page that opened it. Raises CopyGone."""
    lang = await entering.language(request)
    async with entering.reading(request):
        copy = await copying.again(token=token, secret=secret, at=clock.now())
        if form not in _FORMS[copy.kind]:
            raise CopyGone("errors.rights.copy_gone")
        laid = await _lay(copy, form, lang)
    name = f"{tenant_of(request.scope).slug}-{copy.kind}.{form}"
    if laid.sheet is not None:
        return await answering.pdf(laid.sheet, name=name)
    assert laid.saved is not None, "what is not printed is saved as it is"
    return answering.file(laid.saved, name=name)


async def _lay(copy: Copy, form: str, lang: str) -> Laid:
    at = clock.now()
    if copy.kind == "portability":
        ported = await porting.port(customer=copy.customer, at=at)
        return Laid(None, porting.as_csv(ported, language=lang) if form == "csv" else porting.as_json(ported))
    told = await accessing.copy(customer=copy.customer, at=at)
    if form == "json":
        return Laid(None, accessing.as_json(told, language=lang))
    return Laid(accessing.sheet(told, language=lang), None)
