"""A company reports a purchase: it counts once, qualifies its referral once, and earns both sides their reward once."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.intake import telling
from leumund.customers.segments import facts
from leumund.kit import ground, money
from leumund.kit.faults import Refused
from leumund.programs import offering
from leumund.referrals import moving
from leumund.referrals.signs import looking
from leumund.rewards import buying, granting, rules
from leumund.rewards.buying import CustomerRef
from leumund.rewards.granting import BudgetSpent, Due

# A shop's clock may be behind ours or ahead; what was bought earlier was not bought because of a recommendation.
_CLOCKS_DIFFER = timedelta(minutes=5)
MOST_CATEGORIES = 8
_CATEGORY = re.compile(facts.CATEGORY)
_TOLD = """
SELECT c.id, c.customer, c.cents, c.currency
FROM program p JOIN conversion c ON c.program = p.id AND c.order_id = $1 ORDER BY c.recorded_at LIMIT 1
"""
_RECORD = """
INSERT INTO conversion (program, order_id, customer, cents, currency, categories, occurred_at, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (program, order_id) DO NOTHING RETURNING id
"""
_WAITING = """
SELECT id, advocate, friend FROM referral
WHERE program = $1 AND friend = $2 AND confirmed_at IS NOT NULL AND state = 'attributed' AND attributed_at <= $3
FOR NO KEY UPDATE
"""
_OUTCOME = """
SELECT c.id AS conversion, c.order_id, c.cents, c.currency, c.categories, c.customer, c.occurred_at, c.referral,
       r.state AS referral_state,
       coalesce(array_agg(w.id ORDER BY w.side) FILTER (WHERE w.id IS NOT NULL), '{}') AS rewards
FROM conversion c LEFT JOIN referral r ON r.id = c.referral LEFT JOIN reward w ON w.conversion = c.id
WHERE c.id = $1 GROUP BY c.id, r.id
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


class NoProgramLive(Refused):
    """There is no program this could count for."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought; ``cents`` in minor units of ``currency``, ``categories`` the shop's own short keys."""

    order_id: str
    cents: int
    currency: str
    categories: tuple[str, ...] = ()
    customer: CustomerRef
    occurred_at: datetime


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """A conversion as it stands, the state of its referral if it has one, and the rewards it earned."""

    conversion: UUID
    order_id: str
    cents: int
    currency: str
    categories: list[str]
    customer: UUID
    occurred_at: datetime
    referral: UUID | None
    referral_state: str | None
    rewards: list[UUID]


async def convert(*, order: Order, at: datetime) -> Converted:
    """Record the order, once per order id; telling it again answers how it stands now.

    Raises BoughtLater, BoughtTooEarly, CurrencyUnknown, NoCategory, NoProgramLive, what ``buying`` raises, and
    OrderReused when it was told of somebody else or with other figures. What kind of thing it was counts as first told.
    """
    _check(order, at)
    customer = await buying.buyer(order.customer)
    told = await _told(order.order_id)
    if told is None:
        recorded = await _record(order, customer, at)
        if recorded is not None:
            return await _outcome(recorded)
        # Somebody told it in the same moment and was first.
        told = await _told(order.order_id)
        assert told is not None, "its order id was taken"
    if (told["customer"], told["cents"], told["currency"]) != (customer, order.cents, order.currency):
        raise OrderReused("errors.rewards.order_reused", field="order_id", order_id=order.order_id)
    return await _outcome(told["id"])


def _check(order: Order, at: datetime) -> None:
    if order.occurred_at > at + _CLOCKS_DIFFER:
        raise BoughtLater("errors.rewards.bought_later", field="occurred_at")
    if order.occurred_at < telling.FIRST_MOMENT:
        raise BoughtTooEarly("errors.rewards.bought_too_early", field="occurred_at")
    if order.currency not in money.known():
        raise CurrencyUnknown("errors.rewards.currency_unknown", field="currency")
    if len(order.categories) > MOST_CATEGORIES or not all(map(_CATEGORY.fullmatch, order.categories)):
        raise NoCategory("errors.rewards.category", field="categories", most=MOST_CATEGORIES)


async def _record(order: Order, customer: UUID, at: datetime) -> UUID | None:
    """The new conversion with all it earns; None when the order id was taken meanwhile."""
    try:
        offer = await offering.current_as_of(at=at)
    except offering.NoProgram:
        raise NoProgramLive("errors.rewards.no_program") from None
    told = (order.order_id, customer, order.cents, order.currency, list(dict.fromkeys(order.categories)))
    inserted = await ground.fetch(_RECORD, offer.id, *told, order.occurred_at, at)
    if not inserted:
        return None
    conversion: UUID = inserted[0]["id"]
    await ground.execute("UPDATE customer SET stage = 'customer', updated_at = $2 WHERE id = $1", customer, at)
    if rules.earned(offer, order_cents=order.cents, currency=order.currency):
        await _qualify(offer, conversion, customer, order, at)
    return conversion


async def _qualify(offer: offering.Offer, conversion: UUID, customer: UUID, order: Order, at: datetime) -> None:
    """The friend's first purchase that meets a rule qualifies the referral they confirmed; no later one earns."""
    rows = await ground.fetch(_WAITING, offer.id, customer, order.occurred_at + _CLOCKS_DIFFER)
    if not rows:
        return
    referral: UUID = rows[0]["id"]
    await moving.move(referral=referral, to="qualified", at=at)
    await ground.execute("UPDATE conversion SET referral = $2 WHERE id = $1", conversion, referral)
    due = Due(
        program=offer.id,
        referral=referral,
        conversion=conversion,
        advocate=rows[0]["advocate"],
        friend=rows[0]["friend"],
        order_cents=order.cents,
        currency=order.currency,
        recorded_at=at,
    )
    large = rules.needs_review(offer, order_cents=order.cents)
    waits = await looking.look(referral=referral, large_order=large, at=at) or not await _grant(due, at)
    await moving.move(referral=referral, to="in_review" if waits else "approved", at=at)


async def _grant(due: Due, at: datetime) -> bool:
    """Whether the program's budget reached for it; where it did not, a person decides."""
    try:
        async with ground.savepoint():
            await granting.grant(due=due, at=at)
    except BudgetSpent:
        await looking.note_budget(referral=due.referral, at=at)
        return False
    return True


async def _told(order_id: str) -> dict[str, Any] | None:
    """The conversion of this order, whichever program it was told for; an order stays told when the program changes."""
    rows = await ground.fetch(_TOLD, order_id)
    return rows[0] if rows else None


async def _outcome(conversion: UUID) -> Converted:
    rows = await ground.fetch(_OUTCOME, conversion)
    return Converted(**rows[0])
