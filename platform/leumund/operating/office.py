"""The operator's office: one transaction over the platform's own tables, as the role that reaches no company."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from asyncpg.pool import PoolConnectionProxy

from leumund.tenancy.database import reaching
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.keys import deriving

_WAIT_SECONDS = 10.0


class Desk(NamedTuple):
    """What an operator's deed works on; ``key`` seals the operators' second factors."""

    connection: PoolConnectionProxy
    key: bytes


@asynccontextmanager
async def inside(deployment: Deployment) -> AsyncIterator[Desk]:
    """One transaction as the operator's role: all of it happens, or nothing. Raises pools.Busy."""
    async with _sitting(deployment, readonly=False) as desk:
        yield desk


@asynccontextmanager
async def reading(deployment: Deployment) -> AsyncIterator[Desk]:
    """Like ``inside``, and the database itself refuses to write: what a GET may use."""
    async with _sitting(deployment, readonly=True) as desk:
        yield desk


@asynccontextmanager
async def _sitting(deployment: Deployment, *, readonly: bool) -> AsyncIterator[Desk]:
    try:
        connection = await deployment.operators.acquire(timeout=_WAIT_SECONDS)
    except TimeoutError:
        raise Busy("the operators' connections are all in use") from None
    except reaching.NOT_LET_IN as fault:
        raise Busy("the database cannot be reached") from fault
    try:
        with reaching.plainly():
            async with connection.transaction(readonly=readonly):
                yield Desk(connection, deriving.derive(deployment.settings, "operator"))
    finally:
        await deployment.operators.release(connection)
