"""Whom an occasion may come for at all: a consent that stands on one of its channels, and nobody unhappy is asked.

The gate asks again when a mail goes. Here it is asked so that nobody is put into a sequence that could never reach
them, and so that whoever is drawn not to be written to is compared with those who could have been.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from leumund.consent import checking
from leumund.kit import ground
from leumund.surveys.rules import DETRACTOR_TO

NO_CONSENT, DETRACTOR = "no_consent", "detractor"
_RECOMMENDATION = "recommendation"
# By what each of them said last; whoever said nothing is among none of the classes.
_UNHAPPY = """
SELECT person FROM unnest($1::uuid[]) AS person WHERE $2 >= (
    SELECT score FROM survey_answer WHERE customer = person AND score IS NOT NULL
    ORDER BY answered_at DESC, id DESC LIMIT 1)
"""


async def barred(*, addresses: Mapping[UUID, str], purpose: str, channels: Sequence[str]) -> dict[UUID, str]:
    """Whom it may not come for, each with the reason; ``addresses`` are as ``checking.allowed_among`` takes them.

    A query a channel, and for what recommends one more.
    """
    allowed: set[UUID] = set()
    for channel in channels:
        allowed |= await checking.allowed_among(addresses=addresses, purpose=purpose, channel=channel)
    reasons = dict.fromkeys(addresses.keys() - allowed, NO_CONSENT)
    return {**reasons, **dict.fromkeys(await unhappy(purpose=purpose, people=[*allowed]), DETRACTOR)}


async def unhappy(*, purpose: str, people: Sequence[UUID]) -> set[UUID]:
    """Those of ``people`` who are not asked to recommend, since their last answer made them detractors."""
    if purpose != _RECOMMENDATION or not people:
        return set()
    return {row["person"] for row in await ground.fetch(_UNHAPPY, people, DETRACTOR_TO)}
