"""Links and secrets: signed for one company and one purpose, or random and stored only as a digest."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from itsdangerous import BadSignature, Signer

from leumund.kit import ground
from leumund.kit.vaults import Vault


class BadToken(Exception):
    """Not made here, not for this purpose, or out of date."""


def fresh() -> str:
    """256 random bits, safe in a URL."""
    return token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a random token; it holds 256 bits, so a plain SHA-256 needs no salt."""
    return sha256(token.encode()).hexdigest()


def sign(purpose: str, subject: UUID) -> str:
    """A link for ``subject`` that says nothing elsewhere; the row behind it knows whether it still counts."""
    return _signer(purpose).sign(_encode(subject.bytes)).decode()


def read(purpose: str, token: str) -> UUID:
    """The subject of a link made by ``sign``. Raises BadToken."""
    try:
        return UUID(bytes=_decode(_signer(purpose).unsign(token.encode("ascii"))))
    except (BadSignature, Base64Error, ValueError) as fault:
        raise BadToken(purpose) from fault


def sign_until(purpose: str, payload: str, *, at: datetime, ttl_seconds: int, vault: Vault | None = None) -> str:
    """``payload``, readable by anyone, changeable by no one, good for ``ttl_seconds`` from ``at``.

    By the keys of ``vault``, which an entrance has that opens no scope; else by those of the open company.
    """
    body = json.dumps([payload, int(at.timestamp()) + ttl_seconds]).encode()
    return _signer(purpose, vault).sign(_encode(body)).decode()


def read_until(purpose: str, token: str, *, at: datetime) -> str:
    """The payload of a token made by ``sign_until``. Raises BadToken."""
    try:
        payload, until = json.loads(_decode(_signer(purpose).unsign(token.encode("ascii"))))
    except (BadSignature, Base64Error, ValueError) as fault:
        raise BadToken(purpose) from fault
    if at.timestamp() > until:
        raise BadToken(purpose)
    return str(payload)


def _signer(purpose: str, vault: Vault | None = None) -> Signer:
    return Signer((vault or ground.current()).key("token"), salt=purpose, key_derivation="hmac", digest_method=sha256)


def _encode(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
