"""What a rule pays in: the program's currency, or points, which are counted like money and never with it."""

from leumund.kit import money
from leumund.programs.offers import Offer, Rule

POINTS, UNIT = "points", money.POINTS


def is_points(rule: Rule) -> bool:
    return rule.kind == POINTS


def of(rule: Rule, offer: Offer) -> str:
    """The currency a reward of ``rule`` is booked in."""
    return UNIT if is_points(rule) else offer.currency
