"""Create an operator, or give one a new password and second factor; the second factor is told once.

Only somebody at the machine can do this: no page makes an operator.
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.kit import actors, codes, mailboxes, passwords
from leumund.kit.faults import Refused, Unknown
from leumund.operating import noting, office, second_factor, sessions
from leumund.operating.noting import About
from leumund.operating.office import Desk
from leumund.tenancy.deployment import Deployment

_ISSUER = "Leumund"
_CREATE = """
INSERT INTO operator (id, email, password_hash, totp_sealed, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (email) DO NOTHING RETURNING id
"""
_RESET = """
UPDATE operator SET password_hash = $2, totp_sealed = $3, totp_last_step = 0, failed_attempts = 0, failed_at = NULL
WHERE id = $1
"""


class AddressTaken(Refused):
    """There is an operator by this address already."""


class AddressInvalid(Refused):
    """No mail could reach this."""


class OperatorUnknown(Unknown):
    """There is no operator by this address."""


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """An operator who can sign in; ``secret`` and its otpauth address are told now and never again."""

    email: str
    secret: str
    otpauth_uri: str


async def create_operator(deployment: Deployment, *, email: str, password: str, at: datetime) -> Created:
    """Make an operator. Raises AddressInvalid, AddressTaken, WeakPassword."""
    address, operator, secret = _normal(email), uuid4(), codes.fresh()
    kept = await _kept(password, address)
    async with office.inside(deployment) as desk:
        sealed = second_factor.seal(desk, secret, operator)
        if await desk.connection.fetchval(_CREATE, operator, address, kept, sealed, at) is None:
            raise AddressTaken("errors.operating.address_taken", field="email", email=address)
        await _note(desk, "operator.created", operator, at)
    return _told(address, secret)


async def reset_operator(deployment: Deployment, *, email: str, password: str, at: datetime) -> Created:
    """Replace password and second factor, as after a lost telephone; ends every session of that operator.

    Raises AddressInvalid, OperatorUnknown, WeakPassword.
    """
    address, secret = _normal(email), codes.fresh()
    kept = await _kept(password, address)
    async with office.inside(deployment) as desk:
        operator = await desk.connection.fetchval("SELECT id FROM operator WHERE email = $1", address)
        if operator is None:
            raise OperatorUnknown("errors.operating.operator_unknown", field="email", email=address)
        await desk.connection.execute(_RESET, operator, kept, second_factor.seal(desk, secret, operator))
        await sessions.end_all(desk, operator=operator, at=at)
        await _note(desk, "operator.reset", operator, at)
    return _told(address, secret)


async def _kept(password: str, address: str) -> str:
    passwords.check(password, known=(address.partition("@")[0], _ISSUER))
    return await passwords.hashed(password)


async def _note(desk: Desk, action: str, operator: UUID, at: datetime) -> None:
    await noting.note(desk.connection, actor=actors.COMMAND_LINE, action=action, at=at, about=About(subject=operator))


def _told(email: str, secret: str) -> Created:
    return Created(
        email=email, secret=secret, otpauth_uri=codes.address(secret, email=email, company=f"{_ISSUER} operator")
    )


def _normal(email: str) -> str:
    address = mailboxes.normal(email)
    if address is None:
        raise AddressInvalid("errors.operating.address_invalid", field="email", email=email)
    return address
