"""Move a reward on in its life: forward only, and the row itself says whether it may."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.events import telling
from leumund.kit import ground
from leumund.rewards import rules

_MOVE = """
UPDATE reward SET state = $2, decided_at = $4, reason = $5, voucher_code = coalesce($6, voucher_code)
WHERE id = $1 AND state = ANY ($3::text[]) RETURNING id
"""
_MOVE_ALL = """
UPDATE reward SET state = $2, decided_at = $4, reason = $5 WHERE id = ANY ($1) AND state = ANY ($3) RETURNING id
"""


async def move(*, reward: UUID, to: str, at: datetime, reason: str = "", voucher_code: str | None = None) -> None:
    """Make the reward ``to``, and give it a voucher's code where it gets one.

    Whoever calls has locked the row and seen that it may: that it does not move is our fault.
    """
    moved = await ground.fetch(_MOVE, reward, to, rules.before(to), at, reason, voucher_code)
    assert len(moved) == 1, f"this reward does not become {to}"
    await telling.tell(kind=f"reward.{to}", subject=reward, at=at)


async def move_all(*, rewards: Sequence[UUID], to: str, at: datetime, reason: str = "") -> None:
    """As ``move`` does, for many in one statement."""
    if not rewards:
        return
    moved = await ground.fetch(_MOVE_ALL, list(rewards), to, rules.before(to), at, reason)
    assert len(moved) == len(set(rewards)), f"one of these rewards does not become {to}"
    await telling.tell_all(happened=[(f"reward.{to}", reward) for reward in rewards], at=at)
