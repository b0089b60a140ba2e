"""What an answer of Stripe's says of what was done there; pure, but for the call that is waited for.

A timeout, a reset connection, a 5xx and an answer that cannot be read say nothing either way (unclear). What was turned
away before it began, by a limit or for a key that does not count, may be sent again (patience). Only a plain refusal
says that nothing was done.
"""

import re
from collections.abc import Awaitable
from enum import Enum
from typing import Any, NamedTuple

import stripe

_CODE = re.compile(r"[a-z0-9_]{1,80}")
_LONGEST_WAIT_SECONDS = 3600
_WAIT_SECONDS = 30


class What(Enum):
    """What is known once a call has ended."""

    DONE = "done"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    PATIENCE = "patience"


class Heard(NamedTuple):
    """How a call ended: ``code`` is Stripe's word or ours, ``final`` that this key will never answer otherwise."""

    what: What
    thing: Any = None
    code: str = ""
    final: bool = False
    wait_seconds: int = 0


async def hear(call: Awaitable[Any]) -> Heard:
    """Wait for ``call`` and say how it ended."""
    try:
        return Heard(What.DONE, thing=await call)
    except stripe.StripeError as fault:
        return _read(fault)


def _read(fault: stripe.StripeError) -> Heard:
    status, code = fault.http_status or 0, fault.code or ""
    if isinstance(fault, stripe.RateLimitError):
        return Heard(What.PATIENCE, code="rate_limit", wait_seconds=_asked_to_wait(fault))
    if isinstance(fault, stripe.AuthenticationError | stripe.PermissionError):
        # Turned away at the door; the company has to mend its key.
        return Heard(What.PATIENCE, code="key_refused", wait_seconds=_LONGEST_WAIT_SECONDS)
    if isinstance(fault, stripe.IdempotencyError):
        # The key was used for something else: whatever that was has to be looked for.
        return Heard(What.UNCLEAR, code="key_reused", final=True)
    if status == 409:
        return Heard(What.UNCLEAR, code="in_progress")
    if isinstance(fault, stripe.InvalidRequestError | stripe.CardError):
        return Heard(What.REFUSED, code=code if _CODE.fullmatch(code) else "refused")
    return Heard(What.UNCLEAR, code=_name(fault), final=status >= 500 and _is_replayed(fault))


def _name(fault: stripe.StripeError) -> str:
    if isinstance(fault, stripe.APIConnectionError):
        return "no_answer"
    return f"status_{fault.http_status}" if (fault.http_status or 0) >= 500 else "unreadable"


def _asked_to_wait(fault: stripe.StripeError) -> int:
    asked = _header(fault, "retry-after")
    return min(int(asked), _LONGEST_WAIT_SECONDS) if asked.isascii() and asked.isdigit() else _WAIT_SECONDS


def _is_replayed(fault: stripe.StripeError) -> bool:
    return _header(fault, "idempotent-replayed") == "true"


def _header(fault: stripe.StripeError, name: str) -> str:
    return str((fault.headers or {}).get(name, ""))
