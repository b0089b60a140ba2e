"""An operator's second factor: a random secret, sealed with the platform's key for one operator alone."""

from uuid import UUID

from leumund.kit import sealing
from leumund.operating.office import Desk


def seal(desk: Desk, secret: str, operator: UUID) -> str:
    return sealing.seal_with(desk.key, secret, _context(operator))


def unseal(desk: Desk, sealed: str, operator: UUID) -> str:
    return sealing.unseal_with(desk.key, sealed, _context(operator))


def _context(operator: UUID) -> str:
    return f"operator.totp_sealed.{operator}"
