"""A company that promises what a test says, a friend who buys and gives back, and what the books say is owed of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.ledger import balancing
from leumund.programs.offers import Rule
from leumund.rewards import converting, owing, reconciling, refunding
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from tests import books
from tests.conftest import NOON
from tests.rooms import whole

LATER, BERT = NOON + timedelta(days=15), "bert@people.example"
# A tenth of every order of 20 euros and more, and never more than 50.
SHARE = Rule(
    key="share",
    side="advocate",
    kind="cash",
    percent_bp=1000,
    most_cents=5000,
    minimum_order_cents=2000,
    most_times=None,
)


async def promised(rules: Sequence[Rule], **told: Any) -> str:
    """A company that promises ``rules``, and Anna's code."""
    terms = msgspec.structs.replace(whole.TERMS, rules=rules, **{"once_per_relation": False, **told})
    await whole.company(at=NOON, terms=terms)
    return await whole.advocate("anna@people.example", at=NOON)


async def buys(order_id: str, cents: int = 10_000, *, email: str = BERT, event: str = "") -> Converted:
    who = CustomerRef(email=email)
    told = Order(order_id=order_id, cents=cents, currency="EUR", customer=who, event_key=event, occurred_at=NOON)
    return await converting.convert(order=told, at=NOON)


async def back(order_id: str, cents: int | None = None, *, told_as: str = "") -> refunding.Refunded:
    return await refunding.refund(order_id=order_id, cents=cents, told_as=told_as, actor="key:shop", at=LATER)


async def owed() -> list[int]:
    """What is owed of every reward that stands, the smallest first; the books say the same."""
    assert await reconciling.check() == []
    assert set((await balancing.totals()).values()) <= {0}
    rows = await ground.fetch("SELECT id FROM reward WHERE state NOT IN ('canceled', 'expired')")
    return sorted((await owing.owed(rewards=[row["id"] for row in rows])).values())


async def held(kind: str, currency: str = "EUR") -> int:
    return sum(line.cents for line in await books.lines() if (line.kind, line.currency) == (kind, currency))
