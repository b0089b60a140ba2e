"""What a conversion is worth and whether a person has to look at it first; no row is read here."""

from leumund.customers.notation import normalising
from leumund.customers.records.finding import Person
from leumund.programs.offering import Offer, Rule

_NEXT = {
    "pending": {"approved", "canceled"},
    "approved": {"scheduled", "fulfilled", "expired", "canceled"},
    "scheduled": {"paid", "failed", "fulfilled"},
    "failed": {"scheduled", "canceled"},
    "paid": {"redeemed"},
    "fulfilled": {"redeemed", "expired"},
}


def may_become(state: str, wished: str) -> bool:
    """Whether a reward may go from ``state`` to ``wished``; forward only."""
    return wished in _NEXT.get(state, set())


def before(wished: str) -> list[str]:
    """The states a reward may come from to become ``wished``."""
    return [state for state in _NEXT if may_become(state, wished)]


def earned(offer: Offer, *, order_cents: int, currency: str) -> list[Rule]:
    """The rules an order meets: in the program's currency and above each rule's minimum."""
    if currency != offer.currency:
        return []
    return [rule for rule in offer.rules if order_cents >= rule.minimum_order_cents]


def needs_review(offer: Offer, *, order_cents: int) -> bool:
    """Whether the order is large enough that a person decides."""
    return offer.review_above_cents is not None and order_cents > offer.review_above_cents


def likeness(advocate: Person, friend: Person) -> str | None:
    """By what the two look like one person who recommends themselves; None where nothing says so.

    No proof, since fathers and sons share names and flats share telephones: a person decides.
    """
    if _same(_mailbox(advocate), _mailbox(friend)):
        return "same_address"
    if _same(advocate.phone, friend.phone):
        return "same_phone"
    if not _same(_plain(advocate.family_name), _plain(friend.family_name)):
        return None
    if _same(advocate.birth_date, friend.birth_date):
        return "same_birth"
    return "same_name" if _same(_plain(advocate.given_name), _plain(friend.given_name)) else None


def _same(one: object, other: object) -> bool:
    """Whether both are known and alike."""
    return bool(one) and one == other


def _mailbox(person: Person) -> str | None:
    return person.email and normalising.folded(person.email)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
