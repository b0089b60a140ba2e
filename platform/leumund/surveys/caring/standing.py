"""How people stand: whoever is unhappy, or is being looked after, is not asked to recommend anything.

The newest answer decides, whichever survey it was given to; and while a case of somebody unhappy is open, nothing else
does.
"""

from collections.abc import Collection
from uuid import UUID

from leumund.kit import ground
from leumund.surveys.caring import feeling

_LOOKED_AFTER = """
SELECT DISTINCT customer FROM customer_case WHERE customer = ANY ($1) AND closed_at IS NULL AND mood <> 'glad'
"""


async def hindered(*, customers: Collection[UUID]) -> set[UUID]:
    """Who of ``customers`` is not to be asked to recommend now; three queries, however many they are."""
    looked_after = {row["customer"] for row in await ground.fetch(_LOOKED_AFTER, list(customers))}
    felt = await feeling.newest(customers=customers)
    return looked_after | {customer for customer, mood in felt.items() if mood != "glad"}


async def may_recommend(*, customer: UUID) -> bool:
    """Whether this one may be asked to."""
    return not await hindered(customers=[customer])
