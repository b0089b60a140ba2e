"""What a carrier is told and what it answers: whoever brings a payout out of the house, a bank's file or Stripe.

A carrier is called outside any scope, after what it is told was committed, and with the same order again after a crash
or while it waits. It opens scopes of its own by ``inside`` for what it has to keep, and holds none open while it asks.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

# Confirmed: it is there. Accepted: on its way, and somebody will say what became of it. Failed: nothing has left,
# and nothing will. Unknown: it may have left, and only asking there tells. Waiting: nothing was asked, or what was
# asked is known to have changed nothing; the same order comes again.
State = Literal["confirmed", "accepted", "failed", "unknown", "waiting"]
Inside = Callable[[], AbstractAsyncContextManager[object]]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be paid: ``cents`` minor units of ``currency`` to ``beneficiary`` by ``way``, under ``key``.

    ``batch`` groups what was approved together; ``first_tried_at`` is when it was submitted, since a key protects for a
    day and no longer.
    """

    payout: UUID
    batch: UUID
    beneficiary: UUID
    way: str
    cents: int
    currency: str
    key: UUID
    first_tried_at: datetime


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: ``reference`` is what it is called there, ``reason`` a key that says why it is not there.

    One that is ``waiting`` comes again after ``retry_seconds``.
    """

    state: State
    reference: str = ""
    reason: str = ""
    retry_seconds: int = 60


Carry = Callable[[Order, Inside, datetime], Awaitable[Carried]]


class Carrier(NamedTuple):
    """How one way is gone: ``carry`` carries, ``reconcile`` asks what became of it and never sends anything new.

    ``undo`` takes back what was confirmed, where that can be asked for.
    """

    carry: Carry
    reconcile: Carry
    undo: Carry | None = None
