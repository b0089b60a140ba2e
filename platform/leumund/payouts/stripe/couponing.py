"""A coupon with a promotion code, good once and, where Stripe knows them, for this customer alone; and its end."""

from datetime import datetime
from typing import Any

from stripe import StripeClient

from leumund.kit import ground
from leumund.payouts.carrying import Order
from leumund.payouts.stripe.asking import Asked, Operation, Request, first_of, marked

# No letters that are read for others; sixty bits cannot be guessed.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 12


def code_for(order: Order) -> str:
    """The code of one payout, the same however often it is asked for; only this company can tell it. In a scope."""
    drawn = ground.current().vault.hashed("stripe promotion code", order.payout.bytes)
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in drawn[:_LENGTH])


def request(order: Order) -> Request:
    """The coupon, under a name of ours: there can be only one."""
    return {
        "id": f"leumund-{order.payout.hex}",
        "amount_off": order.cents,
        "currency": order.currency.lower(),
        "duration": "once",
        "max_redemptions": 1,
        "metadata": marked(order.payout),
    }


def request_code(order: Order, *, coupon: str, code: str, stripe_id: str | None) -> Request:
    """The code that a customer enters for the coupon."""
    whose = {"customer": stripe_id} if stripe_id else {}
    return {
        "promotion": {"type": "coupon", "coupon": coupon},
        "code": code,
        "max_redemptions": 1,
        "metadata": marked(order.payout),
        **whose,
    }


def request_end(promotion_code: str) -> Request:
    """Nobody can enter it any more; who has, keeps what it was worth."""
    return {"promotion_code": promotion_code, "active": False}


async def _send(client: StripeClient, asked: Request, key: str) -> Any:
    params: Any = dict(asked)
    return await client.v1.coupons.create_async(params, {"idempotency_key": key})


async def _find(client: StripeClient, asked: Asked, since: datetime) -> str | None:
    created: Any = {"created": {"gte": int(since.timestamp()) - 3600}, "limit": 100}
    found = await client.v1.coupons.list_async(created)
    return await first_of(found.auto_paging_iter(), asked.payout)


async def _send_code(client: StripeClient, asked: Request, key: str) -> Any:
    params: Any = dict(asked)
    return await client.v1.promotion_codes.create_async(params, {"idempotency_key": key})


async def _find_code(client: StripeClient, asked: Asked, since: datetime) -> str | None:  # noqa: ARG001 - a code is one
    params: Any = {"code": asked.request["code"], "limit": 100}
    found = await client.v1.promotion_codes.list_async(params)
    return await first_of(found.auto_paging_iter(), asked.payout)


async def _send_end(client: StripeClient, asked: Request, key: str) -> Any:
    params: Any = {"active": asked["active"]}
    return await client.v1.promotion_codes.update_async(asked["promotion_code"], params, {"idempotency_key": key})


async def _find_end(client: StripeClient, asked: Asked, since: datetime) -> str | None:  # noqa: ARG001 - it says itself
    found = await client.v1.promotion_codes.retrieve_async(asked.request["promotion_code"])
    return None if found.active else str(found.id)


COUPON = Operation("coupon", _send, _find)
CODE = Operation("promotion_code", _send_code, _find_code)
END = Operation("promotion_code_end", _send_end, _find_end)
