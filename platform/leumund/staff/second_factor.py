"""A member's second factor: derived from the enrolment, then sealed with the company's key for one member alone."""

from uuid import UUID

from leumund.kit import codes, ground
from leumund.kit.sealing import Column

_SEALED = Column("staff_member", "totp_sealed")


def secret_of(enrolment_hash: str) -> str:
    """The secret of an enrolment, derived and not stored: the page that shows it changes nothing by being read."""
    return codes.derived(ground.current().key("totp:" + enrolment_hash))


def seal(secret: str, member: UUID) -> bytes:
    return _SEALED.seal(secret, member)


def unseal(sealed: bytes, member: UUID) -> str:
    return _SEALED.unseal(sealed, member)
