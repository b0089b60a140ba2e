"""What may become of a payout and of a batch, by which way a kind is paid, and who may approve; no row is read here."""

from collections.abc import Mapping

import msgspec

# A payout that failed or came back ends there: what it would have paid goes into another one.
_NEXT = {
    "created": {"approved", "failed"},
    "approved": {"submitted", "failed"},
    "submitted": {"confirmed", "failed", "unknown"},
    "unknown": {"confirmed", "failed"},
    "confirmed": {"returned"},
}
_NEXT_OF_BATCHES = {
    "draft": {"approved", "discarded"},
    "approved": {"sent", "discarded"},
    "sent": {"done"},
}
PAYOUT_STATES = ("created", "approved", "submitted", "unknown", "confirmed", "failed", "returned")
# By which ways rewards of a kind may be paid, the one nobody has to set up first.
WAYS: Mapping[str, tuple[str, ...]] = {
    "cash": ("manual", "sepa", "stripe_transfer"),
    "credit": ("manual", "stripe_balance"),
    "voucher": ("voucher", "stripe_coupon", "manual", "made"),
    "goods": ("goods",),
    "donation": ("donation",),
    "points": ("points",),
}
POINTS = "PTS"
# A code is drawn when the reward is released, and no payout gives it.
MADE = "made"
# What cannot be cut: a code or a thing is given whole, each by itself.
WHOLE = frozenset({"voucher", "stripe_coupon", "goods"})
# Money has left at the end of these, and something else was handed over at the end of the others.
_PAYING = frozenset({"sepa", "stripe_transfer", "stripe_balance"})


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one currency, in its minor units; without ``most_a_year_cents`` a year has no limit."""

    least_cents: int = 1
    four_eyes_batch_cents: int = 50_000
    four_eyes_payout_cents: int = 20_000
    most_a_year_cents: int | None = None


def may_become(state: str, wished: str) -> bool:
    """Whether a payout may go from ``state`` to ``wished``; forward only."""
    return wished in _NEXT.get(state, set())


def before(wished: str) -> list[str]:
    """The states a payout may come from to become ``wished``."""
    return [state for state in _NEXT if may_become(state, wished)]


def is_open(state: str) -> bool:
    """Whether a payout in ``state`` has still to come to an end."""
    return state in ("created", "approved", "submitted", "unknown")


def batches_before(wished: str) -> list[str]:
    """The states a batch may come from to become ``wished``."""
    return [state for state, after in _NEXT_OF_BATCHES.items() if wished in after]


def fits(way: str, currency: str) -> bool:
    """Whether ``way`` can carry ``currency``: a SEPA transfer is in euros, points are no money, and what is made
    without a payout is carried by none."""
    if way == MADE:
        return False
    if (currency == POINTS) != (way == "points"):
        return False
    return way != "sepa" or currency == "EUR"


def four_eyes(limit: Limit, *, total_cents: int, largest_cents: int) -> bool:
    """Whether two people have to see a batch whose largest payout is that, where with all that one person let leave
    alone lately it comes to this total.
    """
    return total_cents > limit.four_eyes_batch_cents or largest_cents > limit.four_eyes_payout_cents


def reward_state(way: str, kind: str) -> str:
    """What a reward of ``kind`` becomes once a payout by ``way`` is confirmed."""
    return "paid" if way in _PAYING or kind in ("cash", "donation") else "fulfilled"
