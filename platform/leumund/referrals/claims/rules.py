"""Which of several claims says who recommended somebody; pure, and the order in which they were told says nothing.

A confirmed recommendation stands. Else the friend's own choice goes before what support was told, that before a code at
the checkout, and that before a click; of several choices or codes the latest counts, of several clicks the first.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import msgspec

# The strongest first.
WAYS = ("choice", "support", "code", "click")
_SAID = ("choice", "support")
WON = "won"
# A program that sets no time of its own for a purchase to follow a recommendation lets a claim count this long.
LONGEST = timedelta(days=366)
# What people say themselves is often said after the purchase: so long it is still heard.
LATE = timedelta(days=90)
# A day of the company's may have begun, or not yet, where it is counted in UTC.
_ONE_DAY = timedelta(days=1)
# Nobody has such a code; the token is none of ours, or older than any program lets count.
UNREAD = MappingProxyType(
    {"choice": "code_unknown", "support": "code_unknown", "code": "code_unknown", "click": "click_invalid"}
)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody came by ``link``, None where what was told names none; and how its program stands at the event.

    ``own`` is the person's own link; ``taken`` whether they have a confirmed recommendation in this very program;
    ``days`` the program's time for a purchase to follow.
    """

    id: UUID
    way: str
    claimed_at: datetime
    link: UUID | None = None
    own: bool = False
    runs: bool = True
    taken: bool = False
    days: int | None = None
    new_customers_only: bool = True
    conditions_shown: bool = False


class Seeker(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever was recommended, at an event ``at``: whether a recommendation stands, and since when they are known.

    ``bought_at`` is their first other purchase, ``customer_since`` what the company says, and ``known_at`` when it
    first told us of them as its customer.
    """

    at: datetime
    stands: bool = False
    bought_at: datetime | None = None
    customer_since: datetime | None = None
    known_at: datetime | None = None


def judge(claims: Collection[Claim], seeker: Seeker, *, clocks_differ: timedelta) -> dict[UUID, str]:
    """What becomes of each claim, by a key; one of them at most has won."""
    faults = {claim.id: _fault(claim, seeker, clocks_differ) for claim in claims}
    good = sorted((claim for claim in claims if faults[claim.id] is None), key=_strength)
    won = good[0].id if good else None
    return {id_: fault or (WON if id_ == won else "weaker") for id_, fault in faults.items()}


def is_new(claim: Claim, seeker: Seeker, *, clocks_differ: timedelta) -> bool:
    """Whether the person was no customer yet when they were recommended.

    Somebody told to us as a customer longer ago than a purchase may follow a recommendation was one before.
    """
    known = (
        (seeker.bought_at, clocks_differ),
        (seeker.customer_since, _ONE_DAY),
        (seeker.known_at, _within(claim)),
    )
    came_at = min(claim.claimed_at, seeker.at)
    return all(since is None or since >= came_at - grace for since, grace in known)


def _fault(claim: Claim, seeker: Seeker, clocks_differ: timedelta) -> str | None:
    said: Sequence[tuple[bool, str]] = (
        (claim.link is None, UNREAD[claim.way]),
        (claim.own, "own_link"),
        (seeker.stands or claim.taken, "referral_stands"),
        (not claim.runs, "not_running"),
        (claim.claimed_at > seeker.at + (LATE if claim.way in _SAID else clocks_differ), "too_early"),
        (claim.claimed_at < seeker.at - _within(claim), "too_old"),
        (claim.new_customers_only and not is_new(claim, seeker, clocks_differ=clocks_differ), "existing_customer"),
    )
    return next((reason for is_so, reason in said if is_so), None)


def _strength(claim: Claim) -> tuple[int, float, str, bool, str]:
    """The strongest is the least; the link's id breaks ties between people, and the rest only between equals."""
    moment = claim.claimed_at.timestamp()
    told = moment if claim.way == "click" else -moment
    return WAYS.index(claim.way), told, str(claim.link), not claim.conditions_shown, str(claim.id)


def _within(claim: Claim) -> timedelta:
    return LONGEST if claim.days is None else min(timedelta(days=claim.days), LONGEST)
