"""Answers: a POST takes effect once under its key, in one transaction with the answer it got; a GET only reads."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.params import HeaderParameter

from leumund.kit import clock, idempotency
from leumund.kit.faults import Refused
from leumund.kit.idempotency import Answer
from leumund.tenancy.arriving import deployment_of, tenant_of

Deed = Callable[[datetime], Awaitable[tuple[int, msgspec.Struct]]]
Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=r"^[\x20-\x7e]+$",
        min_length=1,
        max_length=255,
        description="Up to 255 printable ASCII characters of your choice, new for each thing you want done.",
    ),
]
_REPLAYED = {"idempotent-replayed": "true"}
# Lost to somebody who did the same in the same moment; looked at again, the other's work is there to be seen.
_RACES = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_MOST_TRIES = 3


class KeyTwice(Refused):
    """Two Idempotency-Key headers."""


class WrongParameter(Refused):
    """A query parameter nobody takes, or a value it does not have."""


async def once(request: Request[Any, Any, Any], key: str, data: msgspec.Struct, deed: Deed) -> Response[Any]:
    """Do ``deed``, or answer as it was answered when ``data`` came under ``key`` before.

    Deed, its rows and the stored answer are one transaction; what fails stores nothing. Raises KeyTwice, KeyReused.
    """
    if len(request.headers.getall("idempotency-key")) > 1:
        raise KeyTwice("errors.api.key_twice", field="Idempotency-Key")
    for _ in range(_MOST_TRIES - 1):
        try:
            return await _once(request, key, data, deed)
        except _RACES:
            continue
    return await _once(request, key, data, deed)


@asynccontextmanager
async def reading(request: Request[Any, Any, Any], *names: str) -> AsyncIterator[None]:
    """A read-only scope for a GET that takes the query parameters ``names`` and no others."""
    for name in request.query_params:
        if name not in names:
            raise WrongParameter("errors.api.parameter_unknown", field=name[:100])
    async with deployment_of(request.scope).scopes.reading(tenant_of(request.scope)):
        yield


async def _once(request: Request[Any, Any, Any], key: str, data: msgspec.Struct, deed: Deed) -> Response[Any]:
    at = clock.now()
    asked = f"{request.method} {request.url.path}\n{msgspec.json.encode(data).decode()}"
    async with deployment_of(request.scope).scopes.inside(tenant_of(request.scope)):
        before = await idempotency.recall(key=key, request=asked, at=at)
        if before is not None:
            return _response(before, _REPLAYED)
        status, done = await deed(at)
        answer = Answer(status=status, body=msgspec.json.encode(done).decode())
        await idempotency.keep(key=key, answer=answer)
    return _response(answer, {})


def _response(answer: Answer, headers: dict[str, str]) -> Response[Any]:
    return Response(answer.body, status_code=answer.status, media_type=MediaType.JSON, headers=headers)
