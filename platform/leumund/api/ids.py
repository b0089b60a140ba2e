"""Ids as the API writes them: what it is, then which one, so that nobody sends a reward where a customer belongs."""

from uuid import UUID

from leumund.customers.records.finding import CustomerUnknown
from leumund.events.rules import written
from leumund.kit.faults import Unknown
from leumund.payouts.settling import PayoutUnknown
from leumund.rewards.outcomes import ConversionUnknown
from leumund.rewards.releasing import RewardUnknown
from leumund.rewards.reviewing import ReferralUnknown


def customer(one: UUID) -> str:
    return written("customer", one)


def conversion(one: UUID) -> str:
    return written("conversion", one)


def referral(one: UUID) -> str:
    return written("referral", one)


def reward(one: UUID) -> str:
    return written("reward", one)


def payout(one: UUID) -> str:
    return written("payout", one)


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
    return _read("customer", text, CustomerUnknown("errors.customers.unknown"))


def conversion_from(text: str) -> UUID:
    """The id ``conversion`` wrote. Raises ConversionUnknown."""
    return _read("conversion", text, ConversionUnknown("errors.rewards.conversion_unknown"))


def referral_from(text: str) -> UUID:
    """The id ``referral`` wrote. Raises ReferralUnknown."""
    return _read("referral", text, ReferralUnknown("errors.rewards.referral_unknown"))


def reward_from(text: str) -> UUID:
    """The id ``reward`` wrote. Raises RewardUnknown."""
    return _read("reward", text, RewardUnknown("errors.rewards.reward_unknown"))


def payout_from(text: str) -> UUID:
    """The id ``payout`` wrote. Raises PayoutUnknown."""
    return _read("payout", text, PayoutUnknown("errors.payouts.payout_unknown"))


def _read(noun: str, text: str, unknown: Unknown) -> UUID:
    """The id of a ``noun`` as it was written; whatever never was is as ``unknown`` as one that is not there."""
    try:
        found = UUID(hex=text.partition("_")[2])
    except ValueError:
        raise unknown from None
    if text != written(noun, found):
        raise unknown
    return found
