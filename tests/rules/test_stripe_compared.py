"""Stripe's books beside ours: each way in which they can differ is named, and what agrees is not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from leumund.payouts.stripe.comparing import Ours, Theirs, compare

NIGHT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
PAYOUT = UUID(int=1)


def ours(state: str = "confirmed", *, cents: int = 2500, object_id: str | None = "tr_1", hours: int = 5) -> Ours:
    return Ours(PAYOUT, object_id, state, cents, "EUR", NIGHT - timedelta(hours=hours))


def there(name: str = "tr_1", *, cents: int = 2500, back: int = 0, currency: str = "EUR") -> Theirs:
    return Theirs(PAYOUT, name, cents, back, currency)


@pytest.mark.parametrize(
    ("here", "at_stripe", "kinds"),
    [
        ([ours()], [there()], []),
        ([ours("submitted", object_id=None)], [], []),
        ([ours("submitted", object_id=None, hours=31)], [], ["unclear"]),
        ([ours("unknown", object_id=None, hours=31)], [there()], []),
        ([ours()], [], ["missing_there"]),
        ([], [there()], ["unknown_here"]),
        ([ours()], [there(), there("tr_2")], ["unknown_here"]),
        ([ours(object_id="tr_2")], [there(), there("tr_2")], ["unknown_here"]),
        ([ours()], [there(cents=2600)], ["other_sum"]),
        ([ours()], [there(currency="CHF")], ["other_sum"]),
        ([ours("failed", object_id=None)], [there()], ["ended_here"]),
        ([ours("returned")], [there(back=2500)], []),
        ([ours("returned")], [there(back=1000)], ["ended_here"]),
        ([ours()], [there(back=2500)], ["came_back"]),
        ([ours()], [there(back=1)], ["came_back"]),
        ([ours("failed", object_id=None)], [], []),
    ],
)
def test_each_difference_is_named(here, at_stripe, kinds):
    assert [each.kind for each in compare(here, at_stripe, at=NIGHT)] == kinds


_PAYOUTS = some.lists(some.tuples(some.integers(1, 10_000), some.sampled_from(["confirmed", "returned"])), max_size=8)


@settings(max_examples=50)
@given(_PAYOUTS, some.randoms())
def test_what_was_transferred_once_agrees_in_any_order(paid, dice):
    here = [
        Ours(UUID(int=n + 1), f"tr_{n}", state, cents, "EUR", NIGHT - timedelta(hours=5))
        for n, (cents, state) in enumerate(paid)
    ]
    at_stripe = [
        Theirs(each.payout, str(each.object_id), each.cents, each.cents if each.state == "returned" else 0, "EUR")
        for each in here
    ]
    dice.shuffle(at_stripe)
    assert compare(here, at_stripe, at=NIGHT) == []
    if at_stripe:
        gone = at_stripe.pop()
        assert [(each.kind, each.payout) for each in compare(here, at_stripe, at=NIGHT)] == [
            ("missing_there", gone.payout)
        ]
