"""Codes of the authenticator app (RFC 6238): thirty seconds, six digits, each good once."""

from base64 import b32encode
from datetime import datetime
from uuid import UUID

from pyotp import TOTP

from leumund.kit import ground, sealing

_STEP_SECONDS = 30


def secret_of(enrolment_hash: str) -> str:
    """The secret of an enrolment, derived and not stored: the page that shows it changes nothing by being read."""
    return b32encode(ground.current().key("totp:" + enrolment_hash)[:20]).decode()


def address(secret: str, *, email: str, company: str) -> str:
    """The otpauth address to show as QR code."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=company)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step ``code`` belongs to: this one, or a neighbour for clocks that are off; None for no such code."""
    digits = "".join(code.split())
    now = int(at.timestamp()) // _STEP_SECONDS
    totp = TOTP(secret)
    steps = [step for step in (now - 1, now, now + 1) if totp.verify(digits, for_time=step * _STEP_SECONDS)]
    return steps[-1] if steps else None


def seal(secret: str, member: UUID) -> str:
    return sealing.seal(secret, _context(member))


def unseal(sealed: str, member: UUID) -> str:
    return sealing.unseal(sealed, _context(member))


def _context(member: UUID) -> str:
    return f"staff_member.totp_sealed.{member}"
