"""Rows on their way into an archive: copied out in pieces, counted and hashed, into a file nobody else can open."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from leumund.kit.ground import Connection
from leumund.tenancy.moving.archive import Part


class Spooled(NamedTuple):
    """Rows of one table in a file without a name, which goes when it is closed or its process dies."""

    part: Part
    file: IO[bytes]


async def spool(
    connection: Connection, query: str, *values: object, name: str, columns: Sequence[str], folder: Path
) -> Spooled:
    """Keep on ``folder``'s disk what ``query`` finds; as text each row is a line and no value has one."""
    file, digest, rows = TemporaryFile(dir=folder), sha256(), 0  # noqa: SIM115 - handed on, open

    async def take(chunk: bytes) -> None:
        nonlocal rows
        file.write(chunk)
        digest.update(chunk)
        rows += chunk.count(b"\n")

    try:
        await connection.copy_from_query(query, *values, output=take)
    except BaseException:
        file.close()
        raise
    part = Part(name=name, columns=list(columns), rows=rows, bytes=file.tell(), sha256=digest.hexdigest())
    file.seek(0)
    return Spooled(part, file)
