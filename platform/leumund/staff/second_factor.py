"""A member's second factor: derived from the enrolment, then sealed with the company's key for one member alone."""

from base64 import b32encode
from uuid import UUID

from leumund.kit import ground, sealing


def secret_of(enrolment_hash: str) -> str:
    """The secret of an enrolment, derived and not stored: the page that shows it changes nothing by being read."""
    return b32encode(ground.current().key("totp:" + enrolment_hash)[:20]).decode()


def seal(secret: str, member: UUID) -> str:
    return sealing.seal(secret, _context(member))


def unseal(sealed: str, member: UUID) -> str:
    return sealing.unseal(sealed, _context(member))


def _context(member: UUID) -> str:
    return f"staff_member.totp_sealed.{member}"
