"""Nouns of a referral's trace: what was told of a friend, what rules said of it, what was granted, how it was paid."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.programs.offers import Offer, Rule


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule said of an event when it was judged last; ``cents`` in the rule's unit."""

    rule: Rule
    passed: bool
    reason: str
    cents: int
    judged_at: datetime


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody said who recommended the friend, in which ``way``, and what became of it at an event, by a key."""

    way: str
    claimed_at: datetime
    reason: str


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An event told of the friend: whether it ``counts`` here or ``elsewhere``, and what was given back of it.

    Since ``restored_at`` it counts again, or a part of it: that was not given back after all.
    """

    id: UUID
    kind: str
    event_key: str
    order_id: str
    cents: int
    currency: str
    occurred_at: datetime
    refunded_at: datetime | None
    returned_cents: int
    restored_at: datetime | None = None
    doubt: str | None
    counts: bool
    elsewhere: bool
    claims: Sequence[Claimed] = ()
    judged: Sequence[Judged] = ()


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A payout that a reward was in, with what it paid of this one."""

    id: UUID
    batch: UUID
    way: str
    state: str
    reason: str
    reference: str
    cents: int
    set_off_cents: int
    currency: str
    created_at: datetime
    submitted_at: datetime | None
    settled_at: datetime | None


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A reward, what is still owed of it, whether it has a code of ours, and each try to pay it, the last one last.

    ``lacks`` is why it cannot be paid yet, by a key; empty where nothing is missing. What is ``beside`` another one is
    owed since a part counts again for which that one came too early.
    """

    id: UUID
    side: str
    kind: str
    conversion: UUID
    coded: bool
    cents: int
    owed_cents: int
    currency: str
    state: str
    reason: str
    doubt: str | None
    granted_at: datetime
    hold_until: datetime
    decided_at: datetime | None
    lacks: str = ""
    beside: bool = False
    payouts: Sequence[Carried] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody's reward is: ``key`` of a sentence, and what it speaks of.

    ``of`` is the reward it is about, ``more`` how many there are beside it; ``fault`` is the rule that was not met.
    """

    key: str
    of: Granted | None = None
    more: int = 0
    fault: Judged | None = None


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """The referral itself: how it stands, how its friend came, and what was promised them then.

    ``way`` is how the shop heard who recommended the friend; empty where they signed up over a link.
    """

    id: UUID
    state: str
    held: bool
    way: str = ""
    clicked_at: datetime | None
    campaign: str
    attributed_at: datetime
    qualified_at: datetime | None
    decided_at: datetime | None
    offer: Offer


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """Which member entered who recommended the friend, empty of one who is gone, and why."""

    by: str
    reason: str


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """All that became of a referral, and in ``answers`` by side where each one's reward is.

    ``entered`` is there where support said who recommended the friend.
    """

    stands: Stands
    events: Sequence[Happened]
    rewards: Sequence[Granted]
    answers: Mapping[str, Answer]
    entered: Entered | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an advocate is told of their referral: nothing of what the friend bought, or got."""

    stands: Stands
    rewards: Sequence[Granted]
    answer: Answer
