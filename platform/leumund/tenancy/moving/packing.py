"""Put what was copied out into one sealed file, which has its name only when all of it is on the disk."""

import os
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec

from leumund.tenancy.moving import archive, encrypting
from leumund.tenancy.moving.archive import Key, Manifest
from leumund.tenancy.moving.spooling import Spooled

_OWN = 0o600


class Packed(NamedTuple):
    """What was written; ``sha256`` is of the sealed file."""

    manifest: Manifest
    sha256: str
    bytes: int


def pack(file: Path, recipients: Sequence[str], manifest: Manifest, keys: list[Key], rows: Sequence[Spooled]) -> Packed:
    """Write ``file``; ``rows`` are the tables' and, at the end, the jobs'. Raises encrypting.NotSealed and OSError."""
    with written(file, recipients) as (plain, hashed):
        _write(plain, manifest, keys, rows)
    return Packed(manifest, hashed.digest.hexdigest(), hashed.bytes)


@contextmanager
def written(file: Path, recipients: Sequence[str]) -> Iterator[tuple[IO[bytes], "Hashed"]]:
    """What is written within the block lies sealed in ``file``, which has its name when all of it is on the disk.

    Raises encrypting.NotSealed and OSError.
    """
    part = unfinished(file)
    # Of two who write the same file at once the second is refused.
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN)
    try:
        with open(descriptor, "wb") as out:
            hashed = Hashed(out)
            with encrypting.sealed(cast(IO[bytes], hashed), recipients) as plain:
                yield plain, hashed
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
        _keep_names(file.parent)
    finally:
        part.unlink(missing_ok=True)


def unfinished(file: Path) -> Path:
    """What ``file`` is called until all of it is there."""
    return file.with_name(file.name + ".part")


def _keep_names(folder: Path) -> None:
    """A power cut takes no name away: what was archived may be erased next."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(plain: IO[bytes], manifest: Manifest, keys: list[Key], rows: Sequence[Spooled]) -> None:
    at = manifest.made_at
    names = [archive.member(part.name) for part in manifest.tables] + [archive.JOBS]
    with tarfile.open(fileobj=plain, mode="w|") as tar:
        add(tar, archive.MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)), at)
        add(tar, archive.KEYS, msgspec.json.encode(keys), at)
        for name, spooled in zip(names, rows, strict=True):
            add_rows(tar, name, spooled, at)


def add_rows(tar: tarfile.TarFile, name: str, spooled: Spooled, at: datetime) -> None:
    """One more member, of rows."""
    tar.addfile(_info(name, spooled.part.bytes, at), cast(IO[bytes], spooled.file))


def add(tar: tarfile.TarFile, name: str, content: bytes, at: datetime) -> None:
    """One more member, in one piece."""
    tar.addfile(_info(name, len(content), at), BytesIO(content))


def _info(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(at.timestamp()), _OWN
    return info


class Hashed:
    """A file that knows the hash of what was written to it, and how much that is."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.bytes = 0
        self.digest = sha256()

    def write(self, chunk: bytes) -> int:
        self.digest.update(chunk)
        self.bytes += len(chunk)
        return self._out.write(chunk)

    def flush(self) -> None:
        self._out.flush()
