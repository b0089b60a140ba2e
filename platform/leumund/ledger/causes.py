"""What a posting was for: its cause names a reward or a payout, and what was done with it. No row is read here."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

# Each has its words under ``ledger.deed.<noun>.<deed>``; what follows the first word of a deed only makes it another
# cause, such as the refund that reduced a reward.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "reward": ("granted", "released", "canceled", "clawed", "reduced", "restored", "expired"),
    "payout": ("created", "confirmed", "failed", "returned"),
}


class Cause(NamedTuple):
    """A ``noun`` (reward or payout) with its id and the deed; both words are empty for what is none of ours."""

    noun: str
    subject: UUID | None
    deed: str

    @property
    def key(self) -> str:
        """The key of its words."""
        return f"ledger.deed.{self.noun}.{self.deed}" if self.noun else "ledger.deed.other"


def read(cause: str) -> Cause:
    """``reward <id> granted``, with words of its own behind it where it happens more than once."""
    noun, _, rest = cause.partition(" ")
    subject, _, deed = rest.partition(" ")
    first = deed.partition(" ")[0]
    try:
        known = UUID(subject) if first in DEEDS.get(noun, ()) else None
    except ValueError:
        known = None
    return Cause(noun, known, first) if known else Cause("", None, "")
