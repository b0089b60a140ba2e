"""How much a rule pays for an amount, in minor units and by whole numbers alone."""

from leumund.programs.offers import Rule

_WHOLE_BP = 10_000


def of(rule: Rule, *, cents: int) -> int:
    """What ``rule`` pays for an event over ``cents``: a share is rounded half up, then held between least and most.

    A share of nothing is nothing, whatever the least: there was no order that it could be a share of.
    """
    if rule.percent_bp is None:
        return rule.cents or 0
    if cents <= 0:
        return 0
    share = (cents * rule.percent_bp + _WHOLE_BP // 2) // _WHOLE_BP
    most = share if rule.most_cents is None else min(share, rule.most_cents)
    return most if rule.least_cents is None else max(most, rule.least_cents)


def after_refund(rule: Rule, *, paid_cents: int, order_cents: int, refunded_cents: int) -> int:
    """What stays of ``paid_cents`` once ``refunded_cents`` of the order were given back.

    It is what the rest of the order is worth by the same rule, and never more than was paid: a limit that cut it then
    cuts it still. Nothing stays below the rule's minimum, or of an order given back as a whole.
    """
    rest = order_cents - refunded_cents
    if refunded_cents and (rest <= 0 or rest < rule.minimum_order_cents):
        return 0
    return min(paid_cents, of(rule, cents=rest))
