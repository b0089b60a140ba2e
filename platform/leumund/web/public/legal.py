"""The pages the law asks for: who the company is, what it does with data, and on which terms."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.exceptions import NotFoundException

from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import NotPublished
from leumund.kit import language as languages
from leumund.web import answering, dressing, entering


class LegalController(Controller):
    """``/imprint``, ``/privacy`` and ``/terms``: two clicks away from every page at most."""

    @get("/imprint")
    async def imprint(self, request: Request[Any, Any, Any]) -> Response[str]:
        profile = (await dressing.dress_of(request)).profile
        title = languages.text("legal.imprint.title", await entering.language(request))
        imprint = {"legal_name": profile.legal_name} | profile.imprint
        return await answering.page(request, "legal.html", title=title, wording="", imprint=imprint)

    @get("/privacy")
    async def privacy(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _current(request, "notice")

    @get("/terms")
    async def terms(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _current(request, "terms")


async def _current(request: Request[Any, Any, Any], kind: str) -> Response[str]:
    lang = await entering.language(request)
    try:
        async with entering.reading(request):
            text = await publishing.current(kind=kind, language=lang)
    except NotPublished:
        raise NotFoundException from None
    return await answering.page(request, "legal.html", title=text.title, wording=text.wording, imprint=None)
