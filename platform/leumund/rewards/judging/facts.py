"""What is known when an event is judged."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

SIDES = ("advocate", "friend")
PERIODS = ("month", "year", "tax_year", "ever")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: ``kind`` is sign_up, purchase or event; ``cents`` in minor units of ``currency``."""

    kind: str
    cents: int
    currency: str
    at: datetime
    event_key: str = ""


class Earned(msgspec.Struct, frozen=True):
    """What was earned in one period and has not been taken back: money alone, and rewards of every kind."""

    cents: int = 0
    rewards: int = 0


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One side of the referral: age and country where they are known, and what they ``earned`` here by period.

    ``gone`` is who was erased: nobody could ever pay them; ``accepted`` who knows the conditions.
    """

    age: int | None = None
    country: str | None = None
    gone: bool = False
    accepted: bool = True
    earned: Mapping[str, Earned] = {}
    milestones: frozenset[str] = frozenset()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """An event within its referral.

    ``qualified_at`` is when the first event counted (None: none has yet), ``earlier_cents`` what is left of earlier
    events of its kind, ``approved`` which approved referral of the advocate this is or would be, ``paid`` how often the
    rule of a key has paid for this referral.
    """

    event: Event
    signed_up_at: datetime
    qualified_at: datetime | None = None
    earlier_cents: tuple[int, ...] = ()
    approved: int = 1
    paid: Mapping[str, int] = {}
    advocate: Party = Party()
    friend: Party = Party()
    program: Mapping[str, Earned] = {}

    def party(self, side: str) -> Party:
        return self.advocate if side == "advocate" else self.friend
