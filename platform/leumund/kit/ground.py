"""The ground under the rooms: the one connection, transaction and key a company's deed stands on.

Rooms do not know which company they work for. They ask the ground, and outside a company's scope there is none: every
query raises. Piccolo's own pool and transactions are shut, since they would open a connection nobody fenced.
"""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar, Token
from typing import Any, NoReturn

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.base import Engine
from piccolo.querystring import QueryString

from leumund.kit.vaults import Vault

Connection = asyncpg.Connection | PoolConnectionProxy


class OutsideScope(RuntimeError):
    """A row was asked for where no company is open."""


class AlreadyInside(RuntimeError):
    """A scope was entered within another."""


class Ground:
    """One company's connection inside one transaction; useless once its scope has ended."""

    def __init__(
        self, connection: Connection, *, origin: str, vault: Vault, is_twin: bool, readonly: bool = False
    ) -> None:
        self._connection: Connection | None = connection
        self.origin = origin
        self.vault = vault
        # A company in which things are tried out: what would leave the house stays in it.
        self.is_twin = is_twin
        self.readonly = readonly

    @property
    def connection(self) -> Connection:
        """Raises OutsideScope in a task that outlived its scope."""
        if self._connection is None:
            raise OutsideScope("this scope has ended; nothing may outlive it")
        return self._connection

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose of one company."""
        return self.vault.key(purpose)

    def end(self) -> None:
        self._connection = None


_ground: ContextVar[Ground | None] = ContextVar("ground", default=None)


def current() -> Ground:
    """The ground of the open scope. Raises OutsideScope."""
    ground = _ground.get()
    if ground is None:
        raise OutsideScope("no company is open here")
    return ground


def enter(ground: Ground) -> Token[Ground | None]:
    """Stand on ``ground``; only tenancy's scope calls this. Raises AlreadyInside."""
    if _ground.get() is not None:
        raise AlreadyInside("one company at a time")
    return _ground.set(ground)


def leave(token: Token[Ground | None]) -> None:
    _ground.reset(token)


def is_open() -> bool:
    """Whether a scope is open here."""
    return _ground.get() is not None


def is_readonly() -> bool:
    """Whether the open scope may not write: what is noted in passing is then left out. Raises OutsideScope."""
    return current().readonly


async def fetch(sql: str, *arguments: object) -> list[dict[str, Any]]:
    """Rows of one statement with ``$1`` places, as dictionaries."""
    return [dict(row) for row in await current().connection.fetch(sql, *arguments)]


async def execute(sql: str, *arguments: object) -> int:
    """Run one statement; how many rows it touched."""
    return touched(await current().connection.execute(sql, *arguments))


def touched(tag: str) -> int:
    """How many rows a statement touched, by its command tag such as ``UPDATE 1``; none where it tells of none."""
    number = tag.rpartition(" ")[2]
    return int(number) if number.isdigit() else 0


async def copy_rows(table: str, *, columns: Sequence[str], records: AsyncIterable[Sequence[object]]) -> None:
    """Bring many rows into ``table`` at once, by COPY."""
    await current().connection.copy_records_to_table(table, columns=list(columns), records=records)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """What fails in here is undone alone; the deed around it goes on."""
    async with current().connection.transaction():
        yield


@asynccontextmanager
async def sweeping(*, minutes: int = 0) -> AsyncIterator[None]:
    """What is asked in here is about everybody: hashed or merged, never looked up one by one.

    How many rows a part of a statement has the planner can only guess, and a guess of one costs hours where it is a
    million. With ``minutes`` a statement may take as long as that, since nobody waits for it.
    """
    await execute("SET LOCAL enable_nestloop = off")
    if minutes:
        await execute(f"SET LOCAL statement_timeout = '{minutes}min'")
    yield
    await execute("SET LOCAL statement_timeout TO DEFAULT")
    await execute("SET LOCAL enable_nestloop TO DEFAULT")


class _Undo(Exception):
    """Raised where all went well, so that nothing of it stays."""


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """What is done in here is done, and then undone: a dry run that can report nothing but what is so."""
    with suppress(_Undo):
        async with savepoint():
            yield
            raise _Undo


class RowsEngine(Engine[Any]):
    """Piccolo's way to the database, led over the open scope."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(engine_type="postgres", min_version_number=15)

    async def get_version(self) -> float:
        return 15.0

    def get_version_sync(self) -> float:
        return 15.0

    async def prep_database(self) -> None:
        """Nothing: schemas are made by migrations."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[dict[str, Any]]:  # noqa: ARG002
        sql, arguments = querystring.compile_string(engine_type="postgres")
        return await fetch(sql, *arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> NoReturn:  # noqa: ARG002
        raise OutsideScope("tables are made by migrations, not by rooms")

    async def batch(self, *_: object, **__: object) -> NoReturn:
        raise OutsideScope("a batch would leave the transaction")

    def transaction(self, *_: object, **__: object) -> NoReturn:
        raise OutsideScope("the scope is the transaction")

    def atomic(self) -> NoReturn:
        raise OutsideScope("the scope is the transaction")


ROWS = RowsEngine()
