"""A company reports a purchase or an event of its own: it counts once, and earns what was promised for it."""

import re
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.customers.intake import telling as intake
from leumund.customers.segments import facts
from leumund.events import telling
from leumund.kit import ground, money
from leumund.kit.faults import Refused
from leumund.referrals.claims import settling
from leumund.referrals.claims import telling as claiming
from leumund.referrals.claims.telling import Said
from leumund.rewards import attributing, buying, earning, ordering, outcomes, refunding
from leumund.rewards.attributing import CLOCKS_DIFFER
from leumund.rewards.buying import CustomerRef
from leumund.rewards.outcomes import Converted

MOST_CATEGORIES = 8
_CATEGORY = re.compile(facts.CATEGORY)
_EVENT_KEY = re.compile(r"[a-z0-9_.-]{1,60}")
_TOLD = "SELECT id, customer, cents, currency FROM conversion WHERE order_id = $1 AND kind = $2 AND event_key = $3"
# Whoever calls holds the customer, so that no two of their events have one number.
_RECORD = """
WITH told AS (
    INSERT INTO conversion (
        order_id, kind, event_key, customer, number, cents, currency, categories, occurred_at, recorded_at)
    SELECT $1, $2, $3, $4, (SELECT coalesce(max(number), 0) + 1 FROM conversion WHERE customer = $4), $5, $6, $7, $8, $9
    ON CONFLICT (order_id, kind, event_key) DO NOTHING
    RETURNING id, customer, kind
), customers AS (
    UPDATE customer SET stage = 'customer', updated_at = $9
    WHERE id = (SELECT customer FROM told WHERE kind = 'purchase')
)
SELECT id, EXISTS (SELECT FROM referral_claim WHERE customer = $4) AS claimed FROM told
"""


class OrderReused(Refused):
    """The order was reported before with other figures."""


class BoughtLater(Refused):
    """Bought in the future, even by a shop whose clock is a little ahead."""


class BoughtTooEarly(Refused):
    """Bought before anybody kept what they tell us of."""


class CurrencyUnknown(Refused):
    """No money there is."""


class NoCategory(Refused):
    """No short key, or more of them than one purchase has."""


class NoEventKey(Refused):
    """No short key of an event of the company's own."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought, or the event ``event_key`` of the company's own; ``order_id`` is what the company calls it.

    ``cents`` in minor units of ``currency``, ``categories`` the shop's own short keys, ``said`` who recommended them.
    """

    order_id: str
    event_key: str = ""
    cents: int
    currency: str
    categories: tuple[str, ...] = ()
    customer: CustomerRef
    occurred_at: datetime
    said: Said = Said()

    @property
    def kind(self) -> str:
        return "event" if self.event_key else "purchase"


class Reported(NamedTuple):
    """A conversion, and whether it was told for the first time."""

    conversion: UUID
    is_new: bool


async def convert(*, order: Order, at: datetime) -> Converted:
    """Report the order; telling it again answers how it stands now. Raises what ``report`` raises."""
    return await outcomes.outcome(conversion=(await report(order=order, at=at)).conversion)


async def report(*, order: Order, at: datetime) -> Reported:
    """Record the order, once per order id, and let it earn what was promised.

    What was given back of it before it was told is taken back at once. Who is said to have recommended its customer
    counts with the first telling, and what cannot be read never keeps an order out. Raises BoughtLater, BoughtTooEarly,
    CurrencyUnknown, NoCategory, NoEventKey, what ``buying`` raises, and OrderReused when it was told of somebody else
    or with other figures, and ordering.NoOrderName. What kind of thing it was counts as first told.
    """
    order = msgspec.structs.replace(order, order_id=ordering.name(order.order_id))
    check(order=order, at=at)
    customer = await buying.found(order.customer)
    told = await claiming.read(said=order.said, claimed_at=min(order.occurred_at, at), at=at)
    if not await attributing.hold(friend=customer, also={one.advocate for one in told if one.advocate}):
        raise buying.CustomerUnknown("errors.rewards.customer_unknown", field="customer")
    recorded = await _record(order, customer, at)
    if recorded is None:
        return Reported(await _told_before(order, customer), is_new=False)
    conversion: UUID = recorded["id"]
    await telling.tell(kind="conversion.recorded", subject=conversion, at=at)
    await claiming.keep(customer=customer, told=told, at=at)
    if told or recorded["claimed"]:
        await settling.settle(conversion=conversion, clocks_differ=CLOCKS_DIFFER, at=at)
    await earning.earn(conversion=conversion, at=at)
    await refunding.catch_up(conversion=conversion, order_id=order.order_id, at=at)
    return Reported(conversion, is_new=True)


def check(*, order: Order, at: datetime) -> None:
    """Whether the order could have been; nobody is asked.

    Raises BoughtLater, BoughtTooEarly, CurrencyUnknown, NoCategory, NoEventKey.
    """
    if order.occurred_at > at + CLOCKS_DIFFER:
        raise BoughtLater("errors.rewards.bought_later", field="occurred_at")
    if order.occurred_at < intake.FIRST_MOMENT:
        raise BoughtTooEarly("errors.rewards.bought_too_early", field="occurred_at")
    if order.currency not in money.known():
        raise CurrencyUnknown("errors.rewards.currency_unknown", field="currency")
    if order.event_key and not _EVENT_KEY.fullmatch(order.event_key):
        raise NoEventKey("errors.rewards.event_key", field="event")
    if len(order.categories) > MOST_CATEGORIES or not all(map(_CATEGORY.fullmatch, order.categories)):
        raise NoCategory("errors.rewards.category", field="categories", most=MOST_CATEGORIES)


async def _record(order: Order, customer: UUID, at: datetime) -> dict[str, Any] | None:
    """The new conversion, and whether it was said who recommended them; None when it was told before.

    That may be by somebody else in the same moment.
    """
    told = (order.cents, order.currency, list(dict.fromkeys(order.categories)), order.occurred_at, at)
    rows = await ground.fetch(_RECORD, order.order_id, order.kind, order.event_key, customer, *told)
    return rows[0] if rows else None


async def _told_before(order: Order, customer: UUID) -> UUID:
    rows = await ground.fetch(_TOLD, order.order_id, order.kind, order.event_key)
    assert rows, "its order id was taken"
    told: dict[str, Any] = rows[0]
    if (told["customer"], told["cents"], told["currency"]) != (customer, order.cents, order.currency):
        raise OrderReused("errors.rewards.order_reused", field="order_id", order_id=order.order_id)
    before: UUID = told["id"]
    return before
