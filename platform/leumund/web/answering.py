"""Answers as pages: rendered in the company's dress, or the operator's plain one, and never cached by anyone."""

import asyncio
from typing import Any

from litestar import Request, Response
from litestar.enums import MediaType

from leumund.kit import language, printing
from leumund.kit.faults import Refusals, Refused
from leumund.kit.sheets import Sheet
from leumund.tenancy.arriving import is_company, tenant_of
from leumund.theming import looks, rendering
from leumund.web import dressing

NO_STORE = {"cache-control": "no-store"}
_UNSOUGHT = {"x-robots-tag": "noindex, nofollow"}
# A picture opened by its own address does nothing there but be seen.
PICTURE = NO_STORE | {"content-security-policy": "default-src 'none'; sandbox"}
_TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv",
    "zip": "application/zip",
    "html": "text/html",
    "xml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def page(request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A page of the company this request is for; in the language the visitor asked for, unless ``lang`` is given.

    One of a test company says that it is one, to people and to search engines.
    """
    dress = await dressing.dress_of(request)
    lang = dressing.language_of(request, dress.profile.languages)
    is_twin = tenant_of(request.scope).is_twin
    given: dict[str, Any] = {
        "lang": lang,
        "profile": dress.profile,
        "path": request.url.path,
        "status": status,
        "is_twin": is_twin,
    } | context
    html = rendering.render(template, look=dress.look, **given)
    headers = NO_STORE | _UNSOUGHT if is_twin else NO_STORE
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


def plain_page(request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A page that belongs to no company: the operator's."""
    lang = dressing.language_of(request, language.LANGUAGES)
    given: dict[str, Any] = {"lang": lang, "path": request.url.path, "status": status} | context
    html = rendering.render(template, look=looks.nobodys(), **given)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=NO_STORE)


async def host_page(
    request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any
) -> Response[str]:
    """A page in the dress of whoever this host belongs to: a company, or the operator."""
    if is_company(request.scope):
        return await page(request, template, status=status, **context)
    return plain_page(request, template, status=status, **context)


def errors_of(fault: Refused | Refusals, lang: str) -> dict[str, str]:
    """What is wrong, next to its field; ``""`` holds what belongs to no field."""
    faults = fault.faults if isinstance(fault, Refusals) else (fault,)
    return {one.field or "": language.text(one.key, lang, **one.values) for one in faults}


def file(content: bytes | str, *, name: str) -> Response[Any]:
    """A file to keep, by the name it is saved under, whose ending says what it is."""
    headers = NO_STORE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


async def pdf(sheet: Sheet, *, name: str) -> Response[Any]:
    """``sheet`` as a PDF to keep. A long one takes a while to set, and others are served meanwhile."""
    return file(await asyncio.to_thread(printing.pdf, sheet), name=name)
