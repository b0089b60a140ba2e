"""What becomes a payout of what somebody earned: debts are set off first, little waits, and a year has its limit.

Pure: nothing is read here. A debt is what was taken back after it was paid; the ledger says so by holding less for the
person than their rewards that wait come to.
"""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from leumund.payouts.rules import Limit

# Why nothing, or not all, is paid: a debt eats it up, it is too little, or the year has had its most.
Waits = Literal["set_off", "too_little", "year"]


class Claim(msgspec.Struct, frozen=True):
    """A reward that waits to be paid."""

    reward: UUID
    cents: int


class Item(msgspec.Struct, frozen=True):
    """What is paid of a reward, and what of it is kept for a debt."""

    reward: UUID
    cents: int
    set_off_cents: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands in one currency: the ledger holds ``held_cents`` for ``waiting_cents`` of rewards.

    ``year_cents`` is what they were paid, or is on its way, since the year began.
    """

    held_cents: int
    waiting_cents: int
    year_cents: int = 0

    @property
    def debt_cents(self) -> int:
        return max(0, self.waiting_cents - self.held_cents)


class Reckoned(msgspec.Struct, frozen=True, kw_only=True):
    """The payouts, each a list of items; why what is left waits, None where nothing is left."""

    payouts: list[list[Item]]
    waits: Waits | None = None


def reckon(claims: Sequence[Claim], standing: Standing, limit: Limit, *, whole: bool) -> Reckoned:
    """Turn ``claims``, the oldest first, into payouts; with ``whole`` each is given by itself and cannot be cut."""
    if whole:
        return _each(claims, standing, limit)
    items, waits = _cut(claims, standing.debt_cents, _room(limit, standing))
    total = sum(item.cents for item in items)
    if total == 0:
        return Reckoned(payouts=[], waits=waits or ("set_off" if claims else None))
    if total < limit.least_cents:
        return Reckoned(payouts=[], waits="too_little")
    return Reckoned(payouts=[items], waits=waits)


def _cut(claims: Sequence[Claim], debt_cents: int, room_cents: int | None) -> tuple[list[Item], Waits | None]:
    items: list[Item] = []
    for claim in claims:
        set_off = min(debt_cents, claim.cents)
        pays = claim.cents - set_off
        if room_cents is not None and pays > room_cents:
            return items, "year"
        debt_cents -= set_off
        room_cents = None if room_cents is None else room_cents - pays
        items.append(Item(claim.reward, pays, set_off))
    return items, None


def _each(claims: Sequence[Claim], standing: Standing, limit: Limit) -> Reckoned:
    if standing.debt_cents and claims:
        # No code is worth the rest of another one: it waits until the debt is set off against money.
        return Reckoned(payouts=[], waits="set_off")
    items, waits = _cut(claims, 0, _room(limit, standing))
    return Reckoned(payouts=[[item] for item in items], waits=waits)


def _room(limit: Limit, standing: Standing) -> int | None:
    if limit.most_a_year_cents is None:
        return None
    return max(0, limit.most_a_year_cents - standing.year_cents)
