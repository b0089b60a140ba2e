"""Streams through age (age-encryption.org): what is written to one end lies sealed in a file, and is read from it.

The library works from one file to another and waits, so it has a thread of its own and a pipe in between; nothing is
whole in memory, or lies open on the disk. A passphrase is not offered: the library seals with one only what it holds
whole.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pyrage

_OWN = 0o600
_CHUNK_BYTES = 1 << 18
_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how age marks a line that is one


class NotSealed(Exception):
    """No one to seal for, a key that is none, or an archive this key does not open or that was damaged."""


def make_key(file: Path) -> str:
    """Write a new key to ``file``, for its owner's eyes alone, and return whom to seal for. Raises FileExistsError."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN), "w", encoding="ascii") as key:
        key.write(f"# public key: {recipient}\n{identity}\n")
    return recipient


def check(recipients: Sequence[str]) -> None:
    """Refuse whom nothing can be sealed for. Raises NotSealed."""
    _recipients(recipients)


@contextmanager
def sealed(file: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """What is written within the block lies in ``file``, sealed for each of ``recipients``, such as ``age1...``.

    Raises NotSealed.
    """
    keys = _recipients(recipients)
    reading, writing = os.pipe()

    def seal() -> None:
        with open(reading, "rb") as plain:
            pyrage.encrypt_io(plain, file, keys)

    with _beside(seal) as sealing:
        try:
            with open(writing, "wb") as plain:
                yield plain
        except BrokenPipeError:
            # The other end has gone, and knows why.
            _raise_if_not_written(sealing.exception())
            raise
        _raise_if_not_written(sealing.exception())


@contextmanager
def opened(file: IO[bytes], identities: Path) -> Iterator[IO[bytes]]:
    """What lies sealed in ``file`` is read within the block, by the keys in the file ``identities``.

    Raises NotSealed, at the end of the block too: only then is it known that nothing is missing.
    """
    keys = _identities(identities)
    reading, writing = os.pipe()

    def unseal() -> None:
        with open(writing, "wb") as plain, suppress(BrokenPipeError):
            pyrage.decrypt_io(file, plain, keys)

    with _beside(unseal) as unsealing, open(reading, "rb") as plain:
        try:
            yield plain
            while plain.read(_CHUNK_BYTES):
                pass
        except BaseException:
            # Why it could not be read outranks what whoever read it made of the end.
            plain.close()
            _raise_if_damaged(unsealing.exception())
            raise
        _raise_if_damaged(unsealing.exception())
        unsealing.result()


@contextmanager
def _beside(deed: Callable[[], None]) -> Iterator[Future[None]]:
    with ThreadPoolExecutor(1) as hand:
        yield hand.submit(deed)


def _raise_if_not_written(fault: BaseException | None) -> None:
    if fault is not None:
        raise NotSealed(f"it could not be written ({fault})") from fault


def _raise_if_damaged(fault: BaseException | None) -> None:
    # What was sealed rightly and changed later the library tells as an error of reading, which has no number.
    if isinstance(fault, pyrage.DecryptError) or (isinstance(fault, OSError) and fault.errno is None):
        raise NotSealed(f"it does not open with this key, or is damaged ({fault})") from None


def _recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    if not texts:
        raise NotSealed("an archive is sealed for somebody")
    return [_recipient(text) for text in texts]


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        # It may be a secret key, which nobody wants to see in a terminal again.
        raise NotSealed("a recipient is what archive-key prints, whole: age1 and 58 characters") from None


def _identities(file: Path) -> list[pyrage.x25519.Identity]:
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith(_SECRET)]
    except pyrage.IdentityError:
        raise NotSealed(f"{file} holds a key that is none") from None
    if not found:
        raise NotSealed(f"{file} holds no key: a line of it begins with {_SECRET}")
    return found
