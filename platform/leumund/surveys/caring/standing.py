"""How people stand: whoever is unhappy, or is being looked after, is not asked to recommend anything.

The newest answer decides, whichever survey it was given to; but a detractor stays one until they mark anew whether they
would recommend, and while a case of somebody unhappy is open, nothing else decides.
"""

from collections.abc import Collection
from uuid import UUID

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.caring import feeling

_LOOKED_AFTER = """
SELECT DISTINCT customer FROM customer_case WHERE customer = ANY ($1) AND closed_at IS NULL AND mood <> 'glad'
"""
_DETRACTORS = f"""
SELECT customer FROM (
    SELECT DISTINCT ON (customer) customer, score FROM survey_answer WHERE customer = ANY ($1) AND score IS NOT NULL
    ORDER BY customer, answered_at DESC, id DESC
) last WHERE score <= {rules.DETRACTOR_TO}
"""  # noqa: S608 - a constant of ours


async def hindered(*, customers: Collection[UUID]) -> set[UUID]:
    """Who of ``customers`` is not to be asked to recommend now; four queries, however many they are."""
    people = list(customers)
    found = [row for each in (_LOOKED_AFTER, _DETRACTORS) for row in await ground.fetch(each, people)]
    felt = await feeling.newest(customers=customers)
    return {row["customer"] for row in found} | {customer for customer, mood in felt.items() if mood != "glad"}


async def may_recommend(*, customer: UUID) -> bool:
    """Whether this one may be asked to."""
    return not await hindered(customers=[customer])
