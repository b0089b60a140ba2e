"""A purchase is told with a moment it can have been at and in money there is, whichever way it comes in."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leumund.kit import ground
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests.conftest import NOON
from tests.rooms import whole

BERT = "bert@people.example"
ORDER = Order(order_id="A-1", cents=900, currency="EUR", customer=CustomerRef(email=BERT), occurred_at=NOON)
MILLISECOND = timedelta(milliseconds=1)
# As far as a shop's clock may be ahead of ours.
SOON = NOON + timedelta(minutes=5)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "fault", "field"),
    [
        ({"occurred_at": SOON + MILLISECOND}, converting.BoughtLater, "occurred_at"),
        ({"occurred_at": FIRST - MILLISECOND}, converting.BoughtTooEarly, "occurred_at"),
        ({"currency": "XXX"}, converting.CurrencyUnknown, "currency"),
    ],
)
async def test_what_cannot_have_been_bought_so_is_refused_and_not_recorded(
    inside: ground.Ground, change: dict[str, object], fault: type[converting.Refused], field: str
):
    await whole.company(at=NOON)
    await whole.person(BERT, at=NOON)
    with pytest.raises(fault) as refused:
        await converting.convert(order=msgspec.structs.replace(ORDER, **change), at=NOON)
    assert refused.value.field == field
    assert await ground.fetch("SELECT FROM conversion") == []


@pytest.mark.parametrize("occurred_at", [SOON, NOON, FIRST])
async def test_a_clock_a_little_ahead_and_an_order_of_long_ago_are_taken(inside: ground.Ground, occurred_at: datetime):
    await whole.company(at=NOON)
    await whole.person(BERT, at=NOON)
    done = await converting.convert(order=msgspec.structs.replace(ORDER, occurred_at=occurred_at), at=NOON)
    assert done.occurred_at == occurred_at
