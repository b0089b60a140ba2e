"""Look at a referral: note the signs there are, once each, and say whether a person has to look too."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from leumund.kit import ground
from leumund.referrals.signs import gathering, rules

_NOTE = """
INSERT INTO referral_signal (referral, signal, weight, at)
SELECT $1, signal, weight, $4 FROM unnest($2::text[], $3::smallint[]) AS seen (signal, weight)
ON CONFLICT (referral, signal) DO NOTHING
"""
# What came up since somebody looked last; all of it where nobody has.
_POINTS = """
SELECT s.weight FROM referral_signal s JOIN referral r ON r.id = s.referral
WHERE s.referral = $1 AND (r.decided_by IS NULL OR s.at > r.decided_at)
"""
_SAME_NETWORK = """
SELECT FROM consent_event WHERE customer = ANY (ARRAY(
    SELECT $1::uuid UNION ALL (
        SELECT friend FROM referral WHERE advocate = $1 AND friend <> $2 AND attributed_at >= $4
        ORDER BY attributed_at DESC LIMIT 200
    )
)) AND at >= $4 AND evidence->>'peer' = $3 LIMIT 1
"""


async def look(*, referral: UUID, large_order: bool, at: datetime) -> bool:
    """Note what is to be seen now; whether it comes to so much that a person has to look.

    Whoever looked has seen all there was then: only what came up since counts.
    """
    known = await gathering.gather(referral=referral, large_order=large_order)
    await _note(referral, rules.found(known.facts, weights=known.weights), known.weights, at)
    return rules.is_enough([row["weight"] for row in await ground.fetch(_POINTS, referral)])


async def note_budget(*, referral: UUID, at: datetime) -> None:
    """Note that the program's budget does not reach for it."""
    await _note(referral, [rules.BUDGET], {rules.BUDGET: rules.MOST_WEIGHT}, at)


async def note_network(*, referral: UUID, advocate: UUID, friend: UUID, peer: str, at: datetime) -> None:
    """Note where a friend signs up in the network of the advocate, or of another friend of theirs, on one day.

    ``peer`` is the shortened address that stands in the evidence of consents anyway. It is compared with that of this
    day and not kept again: what stays is that it was so.
    """
    if peer and await ground.fetch(_SAME_NETWORK, advocate, friend, peer, _day_of(at)):
        weights = await gathering.weights_of(referral=referral)
        if weight := weights["same_network"]:
            await _note(referral, ["same_network"], {"same_network": weight}, at)


def _day_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _note(referral: UUID, seen: Iterable[str], weights: Mapping[str, int], at: datetime) -> None:
    signs = list(seen)
    if signs:
        # What cannot be weighed always has a person look.
        await ground.execute(_NOTE, referral, signs, [weights.get(name, rules.MOST_WEIGHT) for name in signs], at)
