"""Carry an uploaded file from one step of a form to the next, within the form itself.

Between the check and the import nothing of it lies on the server. The browser, where the file comes from, brings it
back: sealed with the company's key for this one member, so that what is imported is what was checked.
"""

import zlib
from base64 import b64decode, b64encode
from uuid import UUID

from cryptography.exceptions import InvalidTag

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.kit.vaults import KeyMissing

# Sealed and written as text a file of this size still fits into the largest body a page takes.
MOST_BYTES = 5_000_000


class NotCarried(Refused):
    """Nothing came, or nothing we packed for this member."""


class TooLarge(Refused):
    """More than a form can carry."""


def packed(content: bytes, *, member: UUID) -> str:
    """``content`` for a hidden field. Raises TooLarge."""
    if len(content) > MOST_BYTES:
        raise TooLarge("errors.console.file_too_large", field="file", most=MOST_BYTES // 1_000_000)
    return b64encode(ground.current().vault.seal(zlib.compress(content), _place(member))).decode()


def unpacked(sealed: str, *, member: UUID) -> bytes:
    """What was packed for ``member``. Raises NotCarried."""
    try:
        return zlib.decompress(ground.current().vault.unseal(b64decode(sealed), _place(member)))
    except (InvalidTag, KeyMissing, ValueError) as fault:
        raise NotCarried("errors.console.no_file", field="file") from fault


def _place(member: UUID) -> str:
    return f"console file {member}"
