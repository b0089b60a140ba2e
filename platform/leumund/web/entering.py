"""The way from a request into its company: one transaction to read by, or one to write by."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import Request
from litestar.response import Redirect

from leumund.kit.ground import Ground
from leumund.kit.language import LANGUAGES
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.theming import addresses
from leumund.web import answering, dressing


def reading(request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[Ground]:
    """The company's rows for a GET: the database itself refuses to change any."""
    return deployment_of(request.scope).scopes.reading(tenant_of(request.scope))


def figures(request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[Ground]:
    """The company's rows for figures, some seconds old perhaps: a replica spares the primary the long queries."""
    return deployment_of(request.scope).scopes.figures(tenant_of(request.scope))


def inside(request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[Ground]:
    """The company's rows for a POST: all of it happens, or nothing."""
    return deployment_of(request.scope).scopes.inside(tenant_of(request.scope))


async def language(request: Request[Any, Any, Any]) -> str:
    """The language this visitor is spoken to in; asked before a scope is opened, since it may need one of its own."""
    return dressing.language_of(request, (await dressing.dress_of(request)).profile.languages)


def redirect(request: Request[Any, Any, Any], path: str, **options: Any) -> Redirect:
    """Lead on to a page of ours by GET, in the language asked for."""
    lang = request.query_params.get("lang", "")
    address = addresses.spoken(path, language=lang) if lang in LANGUAGES else path
    return Redirect(address, status_code=303, headers=answering.NO_STORE, **options)
