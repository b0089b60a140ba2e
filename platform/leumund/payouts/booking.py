"""Book what happens to a payout; each step has a cause of its own, so none is booked twice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.ledger import posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What is booked: a payout's money, and whose it is."""

    payout: UUID
    beneficiary: UUID
    cents: int
    currency: str


async def created(*paid: Sum, at: datetime) -> None:
    """From what is theirs to what is on its way to them."""
    await _move(paid, "reward_available", "payout_in_transit", "created", at)


async def confirmed(*paid: Sum, at: datetime) -> None:
    """It has arrived."""
    await _move(paid, "payout_in_transit", "paid_out", "confirmed", at)


async def failed(*paid: Sum, at: datetime) -> None:
    """It never left, and is theirs again."""
    await _move(paid, "payout_in_transit", "reward_available", "failed", at)


async def returned(*paid: Sum, at: datetime) -> None:
    """It came back after it was confirmed, and is theirs again."""
    await _move(paid, "paid_out", "reward_available", "returned", at)


async def _move(paid: Sequence[Sum], source: str, target: str, deed: str, at: datetime) -> None:
    moves = [
        Move(
            Account(source, each.beneficiary, each.currency),
            Account(target, each.beneficiary, each.currency),
            each.cents,
            f"payout {each.payout} {deed}",
        )
        for each in paid
    ]
    await posting.post_all(moves=moves, at=at)
