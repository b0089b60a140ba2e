"""What several answers and bodies have in common."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from leumund.api import ids

# One line: without control characters, which neither a name nor a number has and the database would refuse.
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its offset")]

# What somebody typed, or an address brought along: whatever is in it, what comes with it is recorded.
Brought = Annotated[str, Meta(max_length=1000)]

# Of one purchase, in minor units.
MOST_CENTS = 100_000_000_000


class ReferralState(Struct, frozen=True, kw_only=True):
    """The recommendation behind a purchase."""

    id: str
    state: str


def referral_state(referral: UUID | None, state: str | None) -> ReferralState | None:
    """None for a purchase nobody recommended."""
    return ReferralState(id=ids.referral(referral), state=state) if referral and state else None
