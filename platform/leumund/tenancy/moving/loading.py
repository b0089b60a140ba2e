"""Rows on their way out of an archive, into tables our own migrations made, each counted and hashed as it goes."""

import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, TypeVar, cast

import asyncpg
import msgspec

from leumund.tenancy.moving import archive, tables
from leumund.tenancy.moving.archive import JOB_COLUMNS, Part

Kind = TypeVar("Kind")
_CHUNK_BYTES = 1 << 18
# What a tar says of a member beside its header: ours at most how long one of more than 8 GB is.
_LONGEST_EXTRA_BYTES = 1 << 10
_NO_LIMIT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
_JOBS = ", ".join(JOB_COLUMNS)
_WAITING_ROOM = f"CREATE TEMPORARY TABLE arriving_job ON COMMIT DROP AS SELECT {_JOBS} FROM outbox.job WITH NO DATA"  # noqa: S608
_ENQUEUE = f"INSERT INTO outbox.job (company_role, {_JOBS}) SELECT $1, {_JOBS} FROM arriving_job"  # noqa: S608


class NotTaken(Exception):
    """This company is not taken in, and nothing has changed."""


class Damaged(NotTaken):
    """No archive, one that lacks something, or one in which something is not as its manifest says."""


@contextmanager
def plain_faults(what: str) -> Iterator[None]:
    """What a stranger's file can be wrong in is told, it being no ``what``; the server's own words are not.

    They would quote rows.
    """
    try:
        yield
    except (tarfile.TarError, msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Damaged(f"it is no {what} ({type(fault).__name__})") from None
    except (
        asyncpg.DataError,
        asyncpg.IntegrityConstraintViolationError,
        # A value that no index holds, or a row that no server reads.
        asyncpg.ProgramLimitExceededError,
    ) as fault:
        raise Damaged(f"its rows do not fit ({type(fault).__name__})") from None


def whole(tar: tarfile.TarFile, name: str, kind: type[Kind]) -> Kind:
    """The next member, read in one piece. Raises Damaged and msgspec.MsgspecError."""
    return msgspec.json.decode(next_member(tar, name).read(archive.MOST_BYTES), type=kind)


async def load_tables(
    connection: asyncpg.Connection, tar: tarfile.TarFile, parts: list[Part], *, schema_name: str
) -> None:
    """Fill the tables of ``schema_name``. Raises Damaged."""
    ours = [(one.name, sorted(one.columns)) for one in await tables.of(connection, schema_name) if not one.is_ending]
    if sorted((part.name, sorted(part.columns)) for part in parts) != sorted(ours):
        raise Damaged("its tables are not those of its version")
    await connection.execute(_NO_LIMIT)
    for part in parts:
        rows = Rows(next_member(tar, archive.member(part.name)), part)
        rows.check(
            await connection.copy_to_table(part.name, schema_name=schema_name, columns=part.columns, source=rows)
        )


async def load_jobs(connection: asyncpg.Connection, tar: tarfile.TarFile, part: Part, *, schema_name: str) -> None:
    """Give the company of ``schema_name`` the jobs that waited, and those that were given up. Raises Damaged."""
    if part.columns != list(JOB_COLUMNS):
        raise Damaged("its jobs are not as we know them")
    await connection.execute(_WAITING_ROOM)
    rows = Rows(next_member(tar, archive.JOBS), part)
    rows.check(await connection.copy_to_table("arriving_job", columns=part.columns, source=rows))
    await connection.execute(_ENQUEUE, schema_name)


def next_member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """The next member of the stream, which must be the file ``name``. Raises Damaged."""
    found = tar.next()
    file = (
        tar.extractfile(found) if found is not None and found.name == name and found.type == tarfile.REGTYPE else None
    )
    if file is None:
        raise Damaged(f"{name} is not where it should be")
    return file


class Plain(tarfile.TarInfo):
    """A member with nothing before it that is read in one piece, however long it says it is, and with no holes."""

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type != tarfile.REGTYPE and (self.type != tarfile.XHDTYPE or self.size > _LONGEST_EXTRA_BYTES):
            raise tarfile.ReadError("not a plain file")
        return cast(tarfile.TarInfo, super()._proc_member(tar))  # type: ignore[misc]  # tarfile's own hook, which its stubs leave out


class Rows:
    """A member in pieces, for COPY to take in; no more of it than ``part`` says there is."""

    def __init__(self, file: IO[bytes], part: Part) -> None:
        self._file = file
        self._part = part
        self._digest = sha256()
        self._bytes = self._lines = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # What the server refuses is told only when all has been sent, so all must have an end.
        while self._bytes <= self._part.bytes and (chunk := self._file.read(_CHUNK_BYTES)):
            self._digest.update(chunk)
            self._bytes += len(chunk)
            self._lines += chunk.count(b"\n")
            yield chunk

    def check(self, copied: str) -> None:
        """Nothing, where all of the part went by and the server kept every line of it. Raises Damaged."""
        part = self._part
        found = (copied, self._lines, self._bytes, self._digest.hexdigest())
        if found != (f"COPY {part.rows}", part.rows, part.bytes, part.sha256):
            raise Damaged(f"{part.name} is not what its manifest says")
