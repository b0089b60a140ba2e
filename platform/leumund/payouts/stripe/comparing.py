"""Lay what Stripe holds beside our payouts and say where the two differ; pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

# Longer than a key counts and all that is looked for after it.
UNCLEAR_AFTER = timedelta(hours=30)


class Theirs(NamedTuple):
    """A transfer, credit or code there that is marked with a payout of ours; ``back_cents`` of it came back."""

    payout: UUID
    object_id: str
    cents: int
    back_cents: int
    currency: str


class Ours(NamedTuple):
    """A payout over Stripe: what it came to here, and the object our call was answered with, if it was."""

    payout: UUID
    object_id: str | None
    state: str
    cents: int
    currency: str
    submitted_at: datetime


class Difference(NamedTuple):
    """One thing the two say differently; a sum is None where one side has nothing of it."""

    kind: str
    payout: UUID
    object_id: str
    ours_cents: int | None
    theirs_cents: int | None
    currency: str


def compare(ours: Iterable[Ours], theirs: Sequence[Theirs], *, at: datetime) -> list[Difference]:
    """All differences between the payouts of a time and what Stripe holds of the same time."""
    of_payout: dict[UUID, list[Theirs]] = {}
    for each in theirs:
        of_payout.setdefault(each.payout, []).append(each)
    found = [fault for each in ours for fault in _of(each, of_payout.pop(each.payout, []), at)]
    return found + [_alone(each) for left in of_payout.values() for each in left]


def _of(ours: Ours, theirs: Sequence[Theirs], at: datetime) -> list[Difference]:
    if not theirs:
        if ours.state in ("confirmed", "returned"):
            return [_differs("missing_there", ours, None)]
        is_late = ours.state in ("submitted", "unknown") and at - ours.submitted_at > UNCLEAR_AFTER
        return [_differs("unclear", ours, None)] if is_late else []
    first = next((each for each in theirs if each.object_id == ours.object_id), theirs[0])
    return [_alone(each) for each in theirs if each is not first] + _of_one(ours, first)


def _of_one(ours: Ours, there: Theirs) -> list[Difference]:
    stands_cents = there.cents - there.back_cents
    if (there.cents, there.currency) != (ours.cents, ours.currency):
        return [_differs("other_sum", ours, there)]
    if ours.state in ("failed", "returned"):
        return [_differs("ended_here", ours, there)] if stands_cents else []
    return [_differs("came_back", ours, there)] if there.back_cents else []


def _differs(kind: str, ours: Ours, there: Theirs | None) -> Difference:
    theirs_cents = there.cents - there.back_cents if there else None
    name = (there.object_id if there else ours.object_id) or ""
    return Difference(kind, ours.payout, name, ours.cents, theirs_cents, ours.currency)


def _alone(there: Theirs) -> Difference:
    """What bears a payout's mark and is not the one we know of: paid twice, or never by us."""
    return Difference(
        "unknown_here", there.payout, there.object_id, None, there.cents - there.back_cents, there.currency
    )
