"""How payouts leave by Stripe: what each way asks for, and what its answer means for the payout."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from leumund.kit import ground
from leumund.payouts.carrying import Carried, Carrier, Inside, Order, State
from leumund.payouts.stripe import acquainting, calling, couponing, crediting, recipients, transferring
from leumund.payouts.stripe.acquainting import Unanswered
from leumund.payouts.stripe.asking import Asked, Line, Operation, Request
from leumund.payouts.stripe.calling import Known, Outcome
from leumund.payouts.stripe.connecting import Service

_ASK_AGAIN_SECONDS = 60
_ANSWERED = """
SELECT object_id, request ->> 'customer' AS customer FROM payout_call
WHERE payout = $1 AND operation = $2 AND state = 'answered'
"""
_WRITTEN = "SELECT EXISTS (SELECT FROM payout_call WHERE payout = $1) AS is_written"
# Stripe's words for what a person can mend, in ours.
_REASONS = {
    "insufficient_capabilities_for_transfer": "recipient_not_ready",
    "account_invalid": "recipient_not_ready",
    "given_up": "given_up",
    "balance_insufficient": "given_up",
}
# Why a payout waits, where somebody can do something about it.
_WAITS = {
    "balance_insufficient": "balance_insufficient",
    "key_refused": "key_refused",
    "no_account": "no_stripe_account",
    "other_account": "no_stripe_account",
}


class _Way(Protocol):
    """One way to carry an order, or to take it back."""

    async def __call__(self, line: Line, order: Order, at: datetime) -> Carried: ...


class _Made(NamedTuple):
    """What an earlier call made, and for whom at Stripe."""

    object_id: str
    customer: str | None


def carriers(service: Service) -> Mapping[str, Carrier]:
    """The ways over Stripe. To reconcile is to carry once more: what was begun is never doubled."""
    ways: Mapping[str, tuple[_Way, _Way]] = {
        "stripe_transfer": (_transfer, _transfer_back),
        "stripe_balance": (_credit, _credit_back),
        "stripe_coupon": (_coupon, _coupon_back),
    }
    return {
        name: Carrier(
            carry=partial(_carry, service, there),
            reconcile=partial(_carry, service, there),
            undo=partial(_carry, service, back),
        )
        for name, (there, back) in ways.items()
    }


async def _carry(service: Service, way: _Way, order: Order, inside: Inside, at: datetime) -> Carried:
    try:
        return await way(Line(service, inside), order, at)
    except Unanswered:
        return Carried(state="waiting", retry_seconds=_ASK_AGAIN_SECONDS)


async def _transfer(line: Line, order: Order, at: datetime) -> Carried:
    async with line.inside():
        found = await recipients.of(customer=order.beneficiary)
        begun = await _is_written(order)
    if not begun:
        if found is None or found.recipient is None:
            return Carried(state="failed", reason="not_onboarded")
        if not found.may_receive:
            return Carried(state="failed", reason="recipient_not_ready")
    destination = (found.recipient if found else None) or ""
    return _told(await _call(line, transferring.TRANSFER, order, transferring.request(order, destination), at))


async def _transfer_back(line: Line, order: Order, at: datetime) -> Carried:
    made = await _made(line, order, transferring.TRANSFER)
    if made is None:
        return Carried(state="failed", reason="nothing_there")
    request = transferring.request_back(order, made.object_id)
    return _told(await _call(line, transferring.REVERSAL, order, request, at))


async def _credit(line: Line, order: Order, at: datetime) -> Carried:
    async with line.inside():
        begun = await _is_written(order)
    name = await acquainting.look_up(line, customer=order.beneficiary, at=at)
    if name is None and not begun:
        return Carried(state="failed", reason="no_stripe_customer")
    return _told(await _call(line, crediting.CREDIT, order, crediting.request(order, name or ""), at))


async def _credit_back(line: Line, order: Order, at: datetime) -> Carried:
    made = await _made(line, order, crediting.CREDIT)
    if made is None or made.customer is None:
        return Carried(state="failed", reason="nothing_there")
    request = crediting.request_back(order, made.customer)
    return _told(await _call(line, crediting.REVERSAL, order, request, at))


async def _coupon(line: Line, order: Order, at: datetime) -> Carried:
    """Two calls, each once: the coupon first, and the code that stands for it."""
    coupon = await _call(line, couponing.COUPON, order, couponing.request(order), at)
    if coupon.known is not Known.DONE:
        return _told(coupon)
    async with line.inside():
        code, name = couponing.code_for(order), await acquainting.name_of(customer=order.beneficiary)
    request = couponing.request_code(order, coupon=coupon.object_id, code=code, stripe_id=name)
    return _told(await _call(line, couponing.CODE, order, request, at), reference=code)


async def _coupon_back(line: Line, order: Order, at: datetime) -> Carried:
    made = await _made(line, order, couponing.CODE)
    if made is None:
        return Carried(state="failed", reason="nothing_there")
    return _told(await _call(line, couponing.END, order, couponing.request_end(made.object_id), at))


async def _call(line: Line, operation: Operation, order: Order, request: Request, at: datetime) -> Outcome:
    return await calling.call(line, operation, Asked(order, request), at=at)


async def _is_written(order: Order) -> bool:
    """Whether anything was asked for already: then it is gone on with, whatever has become of the person's account."""
    return bool((await ground.fetch(_WRITTEN, order.payout))[0]["is_written"])


async def _made(line: Line, order: Order, operation: Operation) -> _Made | None:
    async with line.inside():
        rows = await ground.fetch(_ANSWERED, order.payout, operation.name)
    return _Made(**rows[0]) if rows else None


def _told(outcome: Outcome, *, reference: str = "") -> Carried:
    """What an outcome means for the payout."""
    if outcome.known is Known.DONE:
        return Carried(state="confirmed", reference=reference or outcome.object_id)
    if outcome.known is Known.REFUSED:
        return Carried(state="failed", reason=_REASONS.get(outcome.code, "refused_by_stripe"))
    waits = outcome.known is Known.WAITING
    reason = _WAITS.get(outcome.code, "stripe_paused" if waits else "stripe_silent")
    state: State = "waiting" if waits else "unknown"
    return Carried(state=state, reason=reason, retry_seconds=max(1, outcome.wait_seconds))
