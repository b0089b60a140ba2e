"""Who calls: a key of this very company. Cookies do not count here."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from leumund.api import pacing
from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.staff import api_keys
from leumund.staff.api_keys import ApiKey
from leumund.tenancy.arriving import deployment_of, tenant_of

_LONGEST_TOKEN = 200


class ScopeMissing(Refused):
    """A good key that was not made for this."""


class KeyRefused(Exception):
    """No key, one nobody made, a revoked one or another company's: all answer alike."""


class WrongMode(Exception):
    """By its beginning alone a key of a test company, sent to a live one, or the other way round."""


async def require_key(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let only keyholders in, to what their key is for, and not too often.

    Raises KeyRefused, WrongMode, ScopeMissing and TooMany. That a key was used is noted now and then, even for a GET,
    in a transaction of its own before the deed's.
    """
    given = connection.headers.getall("authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN:
        raise KeyRefused
    tenant, token = tenant_of(connection.scope), token.strip()
    async with deployment_of(connection.scope).scopes.inside(tenant):
        key = await api_keys.recognise(token=token, at=clock.now())
    if key is None:
        raise WrongMode if api_keys.is_of_other_mode(token, is_twin=tenant.is_twin) else KeyRefused
    pacing.count(connection, key=key.id)
    # A route that names no scope is closed to every key.
    scope = handler.opt.get("scope")
    # What methods there are is no secret from whoever has a key.
    if connection.scope.get("method") != "OPTIONS" and scope not in key.scopes:
        raise ScopeMissing("errors.api.scope_missing", scope=scope)
    connection.state.api_key = key


def actor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Who is calling, as the audit log writes it."""
    key = connection.state.api_key
    assert isinstance(key, ApiKey), "the guard put it there"
    return f"key:{key.id}"
