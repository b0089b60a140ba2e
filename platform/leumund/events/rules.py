"""Which events there are, when a delivery is tried again and when an endpoint is given up; no row is read here."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

# By what it is about, in the order of its life.
BY_NOUN = {
    "conversion": ("recorded", "refunded", "restored"),
    "referral": ("confirmed", "qualified", "in_review", "approved", "rejected", "expired", "voided"),
    "reward": (
        "granted",
        "approved",
        "scheduled",
        "paid",
        "fulfilled",
        "redeemed",
        "failed",
        "canceled",
        "expired",
        "clawed_back",
        "restored",
    ),
    "payout": ("created", "approved", "confirmed", "failed", "returned"),
    "customer": ("rectified", "restricted", "erased"),
}
# Asked for by a button, and told to nobody else.
TEST = "webhook.test"
TYPES = tuple(f"{noun}.{verb}" for noun, verbs in BY_NOUN.items() for verb in verbs)
# What stands before an id, so that nobody takes one thing's for another's.
PREFIXES = {
    "conversion": "cnv",
    "referral": "ref",
    "reward": "rew",
    "payout": "pay",
    "customer": "cus",
    "webhook": "whk",
}

# Standard Webhooks 1.0: at once, then after these; three days and some hours until the last.
_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_TRIES = len(_DELAYS) + 1
_JITTER = 0.2
_GIVEN_UP_AFTER = timedelta(days=5)
_LONGEST_REST = timedelta(minutes=5)
_GONE = 410


def written(noun: str, one: UUID) -> str:
    """The id of ``one`` as it leaves the house: what it is, then which one."""
    return f"{PREFIXES[noun]}_{one.hex}"


def noun(kind: str) -> str:
    """What an event of ``kind`` is about."""
    return kind.partition(".")[0]


def is_taken(status: int | None) -> bool:
    """Whether an answer says that the event arrived; a redirect does not, for nobody follows it."""
    return status is not None and 200 <= status < 300


def is_gone(status: int | None) -> bool:
    """Whether the endpoint asks never to be told again."""
    return status == _GONE


def next_at(*, tries: int, at: datetime, asked: timedelta | None, luck: Random) -> datetime | None:
    """When to try again after ``tries`` in vain; None when it was the last one.

    ``asked`` is what the other side asked us to wait. Whatever failed together does not come back together.
    """
    if tries >= MOST_TRIES:
        return None
    wait = _DELAYS[tries - 1] * (1 + _JITTER * luck.random())
    return at + max(wait, min(asked or timedelta(), _DELAYS[-1]))


def rest(*, failed_in_a_row: int) -> timedelta:
    """How long an endpoint is left in peace after it failed, whatever else waits for it: 5 s, 10 s ... 5 min."""
    doubled: int = 2 ** min(failed_in_a_row - 1, 10)
    return min(_DELAYS[0] * doubled, _LONGEST_REST)


def is_given_up(*, failing_since: datetime | None, at: datetime) -> bool:
    """Whether an endpoint took nothing for so long that nobody listens there any more."""
    return failing_since is not None and at - failing_since >= _GIVEN_UP_AFTER
