"""Secrets of a company's rows: sealed with its own key, or hashed with it so that they can be found again."""

from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import digest
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leumund.kit import ground

_NONCE_BYTES = 12


def seal(plain: str, context: str) -> str:
    """AES-256-GCM; ``context`` names table, column and row, and the seal opens nowhere else."""
    return seal_with(ground.current().key("seal"), plain, context)


def unseal(sealed: str, context: str) -> str:
    """Raises cryptography's InvalidTag for another company, row or column."""
    return unseal_with(ground.current().key("seal"), sealed, context)


def keyed_hash(purpose: str, value: str) -> str:
    """A hash that finds ``value`` again within this company and tells nothing outside it."""
    return digest(ground.current().key("hash:" + purpose), value.encode(), sha256).hex()


def seal_with(key: bytes, plain: str, context: str) -> str:
    nonce = token_bytes(_NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode())).decode()


def unseal_with(key: bytes, sealed: str, context: str) -> str:
    raw = b64decode(sealed)
    return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
