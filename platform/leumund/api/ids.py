"""Ids as the API writes them: what it is, then which one, so that nobody sends a reward where a customer belongs."""

from uuid import UUID

from leumund.customers.records.finding import CustomerUnknown
from leumund.events.rules import written


def customer(one: UUID) -> str:
    return written("customer", one)


def conversion(one: UUID) -> str:
    return written("conversion", one)


def referral(one: UUID) -> str:
    return written("referral", one)


def reward(one: UUID) -> str:
    return written("reward", one)


def survey_event(one: UUID) -> str:
    return f"evt_{one.hex}"


def text(one: UUID) -> str:
    return f"txt_{one.hex}"


def text_from(written: str) -> UUID:
    """The id ``text`` wrote. Raises ValueError for what it never wrote."""
    found = UUID(hex=written[4:])
    if written != text(found):
        raise ValueError(written)
    return found


def customer_from(text: str) -> UUID:
    """The id ``customer`` wrote; whatever it never wrote is unknown. Raises CustomerUnknown."""
    try:
        found = UUID(hex=text[4:])
    except ValueError:
        raise CustomerUnknown("errors.customers.unknown") from None
    if text != customer(found):
        raise CustomerUnknown("errors.customers.unknown")
    return found
