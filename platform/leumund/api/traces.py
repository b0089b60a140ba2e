"""Shapes of a recommendation's trace."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from leumund.insight import concluding

Counts = Literal["here", "elsewhere", "nowhere"]


class Claim(Struct, frozen=True, kw_only=True):
    """That somebody said who recommended the friend, and what became of it at this event."""

    way: str
    claimed_at: datetime
    reason: str
    detail: str


class RuleSaid(Struct, frozen=True, kw_only=True):
    """What a rule of the promise said of an event; ``detail`` says ``reason`` in words."""

    rule: str
    side: str
    passed: bool
    reason: str
    detail: str
    amount_cents: int
    judged_at: datetime


class TracedEvent(Struct, frozen=True, kw_only=True):
    """A purchase or an event of the friend, the newest first, and whether it counts for this recommendation."""

    conversion: str
    kind: str
    event: str | None
    order_id: str
    amount_cents: int
    returned_cents: int
    currency: str
    occurred_at: datetime
    refunded_at: datetime | None
    counts: Counts
    review: str | None
    claims: list[Claim]
    rules: list[RuleSaid]


class Try(Struct, frozen=True, kw_only=True):
    """A payout that a reward was in; of several the last one stands."""

    payout: str
    way: str
    state: str
    reason: str
    amount_cents: int
    set_off_cents: int
    created_at: datetime
    submitted_at: datetime | None
    settled_at: datetime | None


class TracedReward(Struct, frozen=True, kw_only=True):
    """A reward, and what is still owed of it; ``lacks`` is why it cannot be paid yet, null where nothing is missing."""

    id: str
    side: str
    kind: str
    conversion: str
    state: str
    reason: str
    amount_cents: int
    owed_cents: int
    currency: str
    granted_at: datetime
    hold_until: datetime
    lacks: str | None
    payouts: list[Try]


class Where(Struct, frozen=True, kw_only=True):
    """Where the reward of one ``side`` is; ``reward`` is the one it speaks of, ``more`` how many there are beside it.

    Where nothing was earned, ``rule`` and ``reason`` say which rule was not met last, and why.
    """

    side: str
    answer: Annotated[str, Meta(description=", ".join(concluding.KEYS))]
    reward: str | None
    more: int
    rule: str | None
    reason: str | None


class Trace(Struct, frozen=True, kw_only=True):
    """All that became of a recommendation. ``way`` is how it was said; null where the friend signed up over the link.

    ``held`` is true where it was approved and waits for a person all the same.
    """

    id: str
    state: str
    way: str | None
    held: bool
    clicked_at: datetime | None
    attributed_at: datetime
    qualified_at: datetime | None
    decided_at: datetime | None
    answers: list[Where]
    events: list[TracedEvent]
    rewards: list[TracedReward]
