"""Credit on a customer's balance at Stripe, which their next invoices use up; and the debit that takes it back.

Stripe counts what a customer owes: credit is below zero.
"""

from datetime import datetime, timedelta
from typing import Any

from stripe import StripeClient

from leumund.payouts.carrying import Order
from leumund.payouts.stripe.asking import Asked, Operation, Request, is_of, marked

# Whose clock ticks otherwise is off by less.
_CLOCKS_DIFFER = timedelta(hours=1)


def request(order: Order, stripe_id: str) -> Request:
    """What is asked for."""
    return _adjusted(order, stripe_id, -order.cents)


def request_back(order: Order, stripe_id: str) -> Request:
    """The same sum the other way; what was used up of it by then is owed."""
    return _adjusted(order, stripe_id, order.cents)


def _adjusted(order: Order, stripe_id: str, cents: int) -> Request:
    return {
        "customer": stripe_id,
        "amount": cents,
        "currency": order.currency.lower(),
        "metadata": marked(order.payout),
    }


async def _send(client: StripeClient, asked: Request, key: str) -> Any:
    params: Any = {name: value for name, value in asked.items() if name != "customer"}
    service = client.v1.customers.balance_transactions
    return await service.create_async(asked["customer"], params, {"idempotency_key": key})


async def _find(client: StripeClient, asked: Asked, since: datetime) -> str | None:
    """By its mark and its sign: the credit and its taking back bear the same one."""
    created: Any = {"created": {"gte": int((since - _CLOCKS_DIFFER).timestamp())}, "limit": 100}
    found = await client.v1.customers.balance_transactions.list_async(asked.request["customer"], created)
    async for each in found.auto_paging_iter():
        if is_of(each, asked.payout) and each.amount == asked.request["amount"]:
            return str(each.id)
    return None


CREDIT = Operation("credit", _send, _find)
REVERSAL = Operation("credit_reversal", _send, _find)
