"""What is asked of Stripe when money is to move: the words of a call, and how its trace is found without its answer."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from stripe import StripeClient

from leumund.payouts.carrying import Inside, Order
from leumund.payouts.stripe.connecting import Service

Request = Mapping[str, Any]
# By which Stripe's objects say which payout of ours they are of.
PAYOUT = "leumund_payout"


class Line(NamedTuple):
    """The way there and the way back: Stripe's servers, and the company's scope, which is never open meanwhile."""

    service: Service
    inside: Inside


class Asked(NamedTuple):
    """One thing to be done for one payout; ``request`` counts when it is first asked for, and not again."""

    order: Order
    request: Request

    @property
    def payout(self) -> UUID:
        return self.order.payout


class Operation(NamedTuple):
    """A kind of call. ``find`` looks for what it made since a moment, and is to be trusted when it finds nothing."""

    name: str
    send: Callable[[StripeClient, Request, str], Awaitable[Any]]
    find: Callable[[StripeClient, "Asked", datetime], Awaitable[str | None]]


def marked(payout: UUID) -> dict[str, str]:
    """The metadata by which a payout's objects are found; an id that says nothing to anybody else."""
    return {PAYOUT: str(payout)}


async def first_of(things: AsyncIterator[Any], payout: UUID) -> str | None:
    """The first of ``things`` that is ``payout``'s."""
    async for thing in things:
        if is_of(thing, payout):
            return str(thing.id)
    return None


def is_of(thing: Any, payout: UUID) -> bool:
    """Whether one of Stripe's objects is marked as ``payout``'s."""
    # The package's objects know `in` and brackets, and no `get`.
    return thing.metadata is not None and PAYOUT in thing.metadata and thing.metadata[PAYOUT] == str(payout)
