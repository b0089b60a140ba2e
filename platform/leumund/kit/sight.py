"""Sight of a company's rooms: what an operator may ask for, as both sides of the wall know it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.kit.faults import Refused

ROOMS = ("customers", "surveys", "referrals", "rewards", "messages")
MOST_HOURS = 8
# A request nobody answered for a week is asked again, or was not that urgent.
WAITS = timedelta(days=7)


class NoRooms(Refused):
    """No room was chosen, or one that there is not."""


class NoHours(Refused):
    """Not a whole number of hours within a working day."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one operator asks to see of one company, why, and for how many ``hours`` at most."""

    id: UUID
    operator: UUID
    operator_email: str
    reason: str
    rooms: list[str]
    hours: int
    asked_at: datetime


def check(*, rooms: Sequence[str], hours: int, among: Sequence[str] = ROOMS, most: int = MOST_HOURS) -> None:
    """Nothing, when there are rooms, each ``among`` those allowed, and ``most`` hours at most.

    Raises NoRooms, NoHours.
    """
    if not rooms or not set(rooms) <= set(among):
        raise NoRooms("errors.support.no_rooms", field="rooms")
    if not 1 <= hours <= most:
        raise NoHours("errors.support.no_hours", field="hours", most=most)
