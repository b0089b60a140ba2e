"""Secrets of a company's rows: sealed with its own keys, or hashed with them so that they can be found again."""

from base64 import b64decode, b64encode
from secrets import token_bytes
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leumund.kit import ground
from leumund.kit.personal import PersonKey

_NONCE_BYTES, _NUMBER_BYTES = 12, 8


class Column(NamedTuple):
    """A column of sealed text, named ``<what>_sealed`` so that keys can take turns over all there are."""

    table: str
    name: str

    def seal(self, plain: str, row: UUID, *, key: PersonKey | None = None) -> bytes:
        """``plain`` for this column of ``row`` and nowhere else, under ``key`` or else the company's. Raises Gone."""
        return (key or ground.current().vault).seal(plain.encode(), self.place(row))

    def unseal(self, sealed: bytes, row: UUID, *, key: PersonKey | None = None) -> str:
        """Raises cryptography's InvalidTag for another company, row, column or person, and KeyMissing or Gone."""
        return (key or ground.current().vault).unseal(sealed, self.place(row)).decode()

    def keep(self, plain: str | None, row: UUID, *, key: PersonKey | None = None) -> bytes | None:
        """Like ``seal``; None where there is nothing to seal, so that a seal always hides something."""
        return self.seal(plain, row, key=key) if plain else None

    def tell(self, kept: bytes | None, row: UUID, *, key: PersonKey | None = None) -> str:
        """What ``keep`` kept; empty where that was nothing, or the person's key is gone. Raises as ``unseal`` does."""
        if kept is None or (key is not None and key.is_gone):
            return ""
        return self.unseal(kept, row, key=key)

    def place(self, row: UUID) -> str:
        """What a seal of this column in ``row`` is bound to, beside the company."""
        return f"{self.table}.{self.name}.{row.hex}"


def keyed_hash(purpose: str, value: str) -> str:
    """A hash that finds ``value`` again within this company and tells nothing outside it."""
    return _keyed(purpose, value).hex()


def keyed_number(purpose: str, value: str) -> int:
    """Like ``keyed_hash``, cut to what a bigint holds: for arrays that are searched, where a hash is one of many."""
    return int.from_bytes(_keyed(purpose, value)[:_NUMBER_BYTES], signed=True)


def _keyed(purpose: str, value: str) -> bytes:
    return ground.current().vault.hashed("hash:" + purpose, value.encode())


def seal_with(key: bytes, plain: str, context: str) -> str:
    """AES-256-GCM by a key of the platform's own; the seal opens with the same ``context`` alone."""
    nonce = token_bytes(_NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode())).decode()


def unseal_with(key: bytes, sealed: str, context: str) -> str:
    """Raises cryptography's InvalidTag."""
    raw = b64decode(sealed)
    return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
