"""Transfer money to an advocate's own account at Stripe (Connect), and take it back."""

from datetime import datetime
from typing import Any

from stripe import StripeClient

from leumund.payouts.carrying import Order
from leumund.payouts.stripe.asking import PAYOUT, Asked, Operation, Request, first_of, marked


def request(order: Order, recipient: str) -> Request:
    """What is asked for; the group finds it again without its answer."""
    return {
        "amount": order.cents,
        "currency": order.currency.lower(),
        "destination": recipient,
        "transfer_group": f"{PAYOUT}_{order.payout.hex}",
        "metadata": marked(order.payout),
    }


def request_back(order: Order, transfer: str) -> Request:
    """All of it; of a person who has spent it there, Stripe may refuse."""
    return {"transfer": transfer, "metadata": marked(order.payout)}


async def _send(client: StripeClient, asked: Request, key: str) -> Any:
    params: Any = dict(asked)
    return await client.v1.transfers.create_async(params, {"idempotency_key": key})


async def _find(client: StripeClient, asked: Asked, since: datetime) -> str | None:  # noqa: ARG001 - a group has one
    found = await client.v1.transfers.list_async({"transfer_group": asked.request["transfer_group"]})
    return await first_of(found.auto_paging_iter(), asked.payout)


async def _send_back(client: StripeClient, asked: Request, key: str) -> Any:
    params: Any = {"metadata": asked["metadata"]}
    return await client.v1.transfers.reversals.create_async(asked["transfer"], params, {"idempotency_key": key})


async def _find_back(client: StripeClient, asked: Asked, since: datetime) -> str | None:  # noqa: ARG001 - a few at most
    found = await client.v1.transfers.reversals.list_async(asked.request["transfer"])
    return await first_of(found.auto_paging_iter(), asked.payout)


TRANSFER = Operation("transfer", _send, _find)
REVERSAL = Operation("transfer_reversal", _send_back, _find_back)
