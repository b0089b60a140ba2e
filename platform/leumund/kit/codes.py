"""Codes of the authenticator app (RFC 6238): thirty seconds, six digits."""

from base64 import b32encode
from datetime import datetime

import pyotp

_STEP_SECONDS = 30
_SECRET_BYTES = 20


def fresh() -> str:
    """A new secret of 160 bits, as authenticator apps take it (RFC 4226, 4)."""
    return pyotp.random_base32()


def derived(key: bytes) -> str:
    """The secret that a key of one purpose makes: it need not be stored while nobody has confirmed it."""
    return b32encode(key[:_SECRET_BYTES]).decode()


def address(secret: str, *, email: str, company: str) -> str:
    """The otpauth address to show as QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=company)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step ``code`` belongs to: this one, or a neighbour for clocks that are off; None for no such code.

    Whoever keeps the last step used makes each code good once.
    """
    digits = "".join(code.split())
    now = int(at.timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = [step for step in (now - 1, now, now + 1) if totp.verify(digits, for_time=step * _STEP_SECONDS)]
    return steps[-1] if steps else None
