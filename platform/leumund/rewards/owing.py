"""What is still owed of rewards: what they were worth when they were granted, less what was taken back of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.kit import ground

# What is owed of a reward w, in a query.
LEFT = "(w.cents - coalesce((SELECT sum(d.cents) FROM reward_reduction d WHERE d.reward = w.id), 0))::bigint"
_OWED = """
SELECT w.id, (w.cents - coalesce(sum(d.cents), 0))::bigint AS cents
FROM reward w LEFT JOIN reward_reduction d ON d.reward = w.id WHERE w.id = ANY ($1::uuid[]) GROUP BY w.id
"""

_TAKE = "INSERT INTO reward_reduction (reward, refund, cents, reduced_at) VALUES ($1, $2, $3, $4)"


async def owed(*, rewards: Sequence[UUID]) -> dict[UUID, int]:
    """Minor units by reward, in each one's currency; of one that was canceled too, where nothing is owed any more."""
    return {row["id"]: row["cents"] for row in await ground.fetch(_OWED, list(rewards))}


async def taken_back(*, rewards: Sequence[UUID]) -> list[UUID]:
    """Those of ``rewards`` of which nothing is owed any more, though they may be on their way, or paid."""
    return [reward for reward, cents in (await owed(rewards=rewards)).items() if not cents]


async def take(*, reward: UUID, cents: int, refund: UUID | None, at: datetime) -> None:
    """Owe so much less of a reward that stands, since ``refund``, or a person where there is none, took it."""
    await ground.execute(_TAKE, reward, refund, cents, at)
