"""Whom an occasion may come for at all: a consent that stands on one of its channels, and nobody unhappy is asked.

The gate asks again when a mail goes. Here it is asked so that nobody is put into a sequence that could never reach
them, and so that whoever is drawn not to be written to is compared with those who could have been.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from leumund.consent import checking
from leumund.customers.segments import evaluating
from leumund.kit import ground
from leumund.surveys.caring import standing

NO_CONSENT, DETRACTOR = "no_consent", "detractor"
_RECOMMENDATION = "recommendation"
_MAY_GO_ON = f"""
SELECT FROM segment s, customer c WHERE s.id = $1 AND c.id = $2 AND (NOT s.evaluates OR ({evaluating.EVALUABLE_ONE}))
"""


async def barred(*, addresses: Mapping[UUID, str], purpose: str, channels: Sequence[str]) -> dict[UUID, str]:
    """Whom it may not come for, each with the reason; ``addresses`` are as ``checking.allowed_among`` takes them.

    A query a channel, and for what recommends four more.
    """
    allowed: set[UUID] = set()
    for channel in channels:
        allowed |= await checking.allowed_among(addresses=addresses, purpose=purpose, channel=channel)
    reasons = dict.fromkeys(addresses.keys() - allowed, NO_CONSENT)
    return {**reasons, **dict.fromkeys(await unhappy(purpose=purpose, people=[*allowed]), DETRACTOR)}


async def may_go_on(*, segment: str, customer: UUID) -> bool:
    """Whether what began by ``segment`` may go on: of one that evaluates, while its person may be evaluated."""
    return not segment or bool(await ground.fetch(_MAY_GO_ON, UUID(segment), customer))


async def unhappy(*, purpose: str, people: Sequence[UUID]) -> set[UUID]:
    """Those of ``people`` who are not asked to recommend: last they were not glad, or somebody looks after them."""
    if purpose != _RECOMMENDATION or not people:
        return set()
    return await standing.hindered(customers=people)
