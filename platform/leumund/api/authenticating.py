"""Who calls: a key of this very company. Cookies do not count here."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from leumund.kit import clock
from leumund.staff import api_keys
from leumund.staff.api_keys import ApiKey
from leumund.tenancy.arriving import deployment_of, tenant_of

_LONGEST_TOKEN = 200


class KeyRefused(Exception):
    """No key, one nobody made, a revoked one or another company's: all answer alike."""


async def require_key(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Let only keyholders in. Raises KeyRefused.

    That a key was used is noted now and then, even for a GET, in a transaction of its own before the deed's.
    """
    given = connection.headers.getall("authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN:
        raise KeyRefused
    async with deployment_of(connection.scope).scopes.inside(tenant_of(connection.scope)):
        key = await api_keys.recognise(token=token.strip(), at=clock.now())
    if key is None:
        raise KeyRefused
    connection.state.api_key = key


def actor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Who is calling, as the audit log writes it."""
    key = connection.state.api_key
    assert isinstance(key, ApiKey), "the guard put it there"
    return f"key:{key.id}"
