"""What is still owed of rewards: what they were worth when they were granted, less what refunds have taken of them."""

from collections.abc import Sequence
from uuid import UUID

from leumund.kit import ground

_OWED = """
SELECT w.id, (w.cents - coalesce(sum(d.cents), 0))::bigint AS cents
FROM reward w LEFT JOIN reward_reduction d ON d.reward = w.id WHERE w.id = ANY ($1::uuid[]) GROUP BY w.id
"""


async def owed(*, rewards: Sequence[UUID]) -> dict[UUID, int]:
    """Minor units by reward, in each one's currency; of one that was canceled too, where nothing is owed any more."""
    return {row["id"]: row["cents"] for row in await ground.fetch(_OWED, list(rewards))}
