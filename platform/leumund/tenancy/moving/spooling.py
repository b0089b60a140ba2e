"""Rows on their way into an archive: copied out in pieces, counted and hashed, into a file nobody else can open."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryFile
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from leumund.kit.ground import Connection
from leumund.kit.vaults import KEY_BYTES
from leumund.tenancy.moving.archive import Part

_NONCE_BYTES = 16


class Spool:
    """A file without a name, written once and read once, both from its beginning; it goes when its process dies.

    It is sealed by a key that was never outside this process: on the disk an archive is written to nothing readable is
    left in the blocks it gives back. That a piece was changed meanwhile its table's hash tells whoever takes it in.
    """

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - handed on, open
        cipher = Cipher(AES(token_bytes(KEY_BYTES)), CTR(token_bytes(_NONCE_BYTES)))
        self._seal, self._unseal = cipher.encryptor(), cipher.decryptor()

    def write(self, chunk: bytes) -> None:
        self._file.write(self._seal.update(chunk))

    def rewind(self) -> int:
        """Read from now on; how many bytes there are."""
        size = self._file.tell()
        self._file.seek(0)
        return size

    def read(self, size: int) -> bytes:
        return self._unseal.update(self._file.read(size))

    def close(self) -> None:
        self._file.close()


class Spooled(NamedTuple):
    """Rows of one table, to be read."""

    part: Part
    file: Spool


async def spool(
    connection: Connection, query: str, *values: object, name: str, columns: Sequence[str], folder: Path
) -> Spooled:
    """Keep on ``folder``'s disk what ``query`` finds; as text each row is a line and no value has one."""
    file, digest, rows = Spool(folder), sha256(), 0

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
    part = Part(name=name, columns=list(columns), rows=rows, bytes=file.rewind(), sha256=digest.hexdigest())
    return Spooled(part, file)
