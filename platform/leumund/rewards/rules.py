"""What a conversion is worth and whether a person has to look at it first; no row is read here."""

from leumund.programs.offers import Offer

_NEXT = {
    "pending": {"approved", "canceled"},
    "approved": {"scheduled", "fulfilled", "expired", "canceled"},
    "scheduled": {"paid", "failed", "fulfilled"},
    "failed": {"scheduled", "canceled"},
    # What was paid may come back: an account was closed, a parcel returned.
    "paid": {"redeemed", "failed"},
    "fulfilled": {"redeemed", "expired", "failed"},
}


def may_become(state: str, wished: str) -> bool:
    """Whether a reward may go from ``state`` to ``wished``; forward only."""
    return wished in _NEXT.get(state, set())


def before(wished: str) -> list[str]:
    """The states a reward may come from to become ``wished``."""
    return [state for state in _NEXT if may_become(state, wished)]


def needs_review(offer: Offer, *, order_cents: int) -> bool:
    """Whether the order is large enough that a person decides."""
    return offer.review_above_cents is not None and order_cents > offer.review_above_cents
