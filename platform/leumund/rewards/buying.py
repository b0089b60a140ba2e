"""Who bought: a company names its customer by whatever it knows them by."""

from uuid import UUID

import msgspec

from leumund.consent import addressing
from leumund.customers.notation import normalising
from leumund.kit import ground
from leumund.kit.faults import Refused

# Of somebody erased a row may be left, which nobody adds to.
_FIND = """
SELECT id FROM customer WHERE (id = $1 OR external_id = $2 OR email_hash = $3) AND held IS DISTINCT FROM 'erased'
"""
# One lock for all that is told of a person: two orders of one friend are looked at one after the other.
_LOCKED = _FIND + "FOR NO KEY UPDATE"


class CustomerUnknown(Refused):
    """Nobody by this id, number or address."""


class CustomerRef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by exactly one of our id, the company's number, or the address."""

    id: UUID | None = None
    external_id: str | None = None
    email: str | None = None


async def buyer(ref: CustomerRef) -> UUID:
    """Their id, and nobody else is told of a purchase of theirs meanwhile. Raises CustomerUnknown."""
    return await _one(_LOCKED, ref)


async def found(ref: CustomerRef) -> UUID:
    """Their id alone, for whoever locks them together with others. Raises CustomerUnknown."""
    return await _one(_FIND, ref)


async def _one(sql: str, ref: CustomerRef) -> UUID:
    given = [value for value in (ref.id, ref.external_id, ref.email) if value is not None]
    if len(given) != 1:
        raise CustomerUnknown("errors.rewards.customer_named_once", field="customer")
    try:
        number = None if ref.external_id is None else normalising.external_id(ref.external_id)
        email = None if ref.email is None else normalising.email(ref.email)
    except Refused:
        # Nobody was ever registered under what is no number or address.
        raise CustomerUnknown("errors.rewards.customer_unknown", field="customer") from None
    rows = await ground.fetch(sql, ref.id, number, email and addressing.hashed(email))
    if not rows:
        raise CustomerUnknown("errors.rewards.customer_unknown", field="customer")
    customer: UUID = rows[0]["id"]
    return customer
