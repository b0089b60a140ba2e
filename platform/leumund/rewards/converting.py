"""A company reports a purchase: it counts once, qualifies its referral once, and earns both sides their reward once."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.programs import offering
from leumund.rewards import granting, rules
from leumund.rewards.granting import BudgetSpent, Due


class CustomerUnknown(Refused):
    """Nobody by this id, number or address."""


class OrderReused(Refused):
    """The order was reported before with other figures."""


class NoProgramLive(Refused):
    """There is no program this could count for."""


class CustomerRef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by exactly one of our id, the company's number, or the address."""

    id: UUID | None = None
    external_id: str | None = None
    email: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought; ``cents`` in minor units of ``currency``."""

    order_id: str
    cents: int
    currency: str
    customer: CustomerRef
    occurred_at: datetime


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """A conversion, the state of its referral if it has one, and the rewards it earned."""

    conversion: UUID
    referral: UUID | None
    referral_state: str | None
    rewards: list[UUID]


async def convert(*, order: Order, at: datetime) -> Converted:
    """Record the order, once per order id; telling it again answers the same.

    Raises NoProgramLive, CustomerUnknown, and OrderReused when it was told with other figures.
    """
    try:
        offer = await offering.current()
    except offering.NoProgram:
        raise NoProgramLive("errors.rewards.no_program") from None
    customer = await _customer(order.customer)
    inserted = await ground.fetch(
        "INSERT INTO conversion (program, order_id, customer, cents, currency, occurred_at, recorded_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (program, order_id) DO NOTHING RETURNING id",
        offer.id,
        order.order_id,
        customer,
        order.cents,
        order.currency,
        order.occurred_at,
        at,
    )
    if not inserted:
        return await _told_before(offer.id, customer, order)
    conversion: UUID = inserted[0]["id"]
    await ground.execute("UPDATE customer SET stage = 'customer', updated_at = $2 WHERE id = $1", customer, at)
    referral = await _qualify(offer, conversion, customer, order, at)
    return await _outcome(conversion, referral)


async def _qualify(offer: offering.Offer, conversion: UUID, customer: UUID, order: Order, at: datetime) -> UUID | None:
    """The friend's first purchase qualifies the referral they confirmed; every later one earns nothing."""
    rows = await ground.fetch(
        "UPDATE referral SET state = 'qualified', qualified_at = $3 "
        "WHERE program = $1 AND friend = $2 AND confirmed_at IS NOT NULL AND state = 'attributed' "
        "RETURNING id, advocate, friend",
        offer.id,
        customer,
        at,
    )
    if not rows:
        return None
    referral: UUID = rows[0]["id"]
    await ground.execute("UPDATE conversion SET referral = $2 WHERE id = $1", conversion, referral)
    due = Due(
        program=offer.id,
        referral=referral,
        conversion=conversion,
        advocate=rows[0]["advocate"],
        friend=rows[0]["friend"],
        order_cents=order.cents,
        currency=order.currency,
    )
    await _decide(due, rules.needs_review(offer, order_cents=order.cents), at)
    return referral


async def _decide(due: Due, review: bool, at: datetime) -> None:
    """Approve and grant, or leave it to a person: a large order, or a budget that does not reach."""
    if not review:
        try:
            async with ground.savepoint():
                await granting.grant(due=due, at=at)
        except BudgetSpent:
            review = True
    await ground.execute(
        "UPDATE referral SET state = $2, decided_at = $3 WHERE id = $1",
        due.referral,
        "in_review" if review else "approved",
        None if review else at,
    )


async def _told_before(program: UUID, customer: UUID, order: Order) -> Converted:
    rows = await ground.fetch(
        "SELECT id, customer, cents, currency, referral FROM conversion WHERE program = $1 AND order_id = $2",
        program,
        order.order_id,
    )
    told: dict[str, Any] = rows[0]
    if (told["customer"], told["cents"], told["currency"]) != (customer, order.cents, order.currency):
        raise OrderReused("errors.rewards.order_reused", field="order_id", order_id=order.order_id)
    return await _outcome(told["id"], told["referral"])


async def _outcome(conversion: UUID, referral: UUID | None) -> Converted:
    rows = await ground.fetch(
        "SELECT r.state, coalesce(array_agg(w.id ORDER BY w.side) FILTER (WHERE w.id IS NOT NULL), '{}') AS rewards "
        "FROM referral r LEFT JOIN reward w ON w.referral = r.id WHERE r.id = $1 GROUP BY r.id",
        referral,
    )
    return Converted(
        conversion=conversion,
        referral=referral,
        referral_state=rows[0]["state"] if rows else None,
        rewards=list(rows[0]["rewards"]) if rows else [],
    )


async def _customer(ref: CustomerRef) -> UUID:
    given = [value for value in (ref.id, ref.external_id, ref.email) if value is not None]
    if len(given) != 1:
        raise CustomerUnknown("errors.rewards.customer_named_once", field="customer")
    rows = await ground.fetch(
        "SELECT id FROM customer WHERE id = $1 OR external_id = $2 OR email = $3",
        ref.id,
        ref.external_id,
        ref.email.strip().lower() if ref.email else None,
    )
    if not rows:
        raise CustomerUnknown("errors.rewards.customer_unknown", field="customer")
    customer: UUID = rows[0]["id"]
    return customer
