"""Suppress an address: a hash that outlives the person's record, so that a stop stays a stop (DSK, Feb 2022)."""

from datetime import datetime

from leumund.consent import addressing
from leumund.kit import ground

WITHDRAWAL = "withdrawal"
REASONS = (WITHDRAWAL, "objection", "complaint", "bounce")

# A complaint or a bounce replaces a withdrawal and is never replaced by one: it is the harder stop. Of two withdrawals
# the later counts: what was said between them is over too.
_SUPPRESS = """
INSERT INTO consent_suppression (address_hash, channel, reason, at)
SELECT address_hash, $2, $3, $4 FROM unnest($1::text[]) AS address_hash
ON CONFLICT (address_hash, channel) DO UPDATE SET reason = excluded.reason, at = excluded.at
WHERE consent_suppression.reason = 'withdrawal'
  AND (excluded.reason <> 'withdrawal' OR excluded.at > consent_suppression.at)
"""
_LIFT = """
DELETE FROM consent_suppression
WHERE address_hash = ANY ($1::text[]) AND channel = $2 AND reason = 'withdrawal' AND at < $3 RETURNING address_hash
"""
_HARD = "SELECT FROM consent_suppression WHERE address_hash = $1 AND channel = 'email' AND reason <> 'withdrawal'"
_PURPOSES = "SELECT DISTINCT purpose FROM consent_text WHERE kind = 'consent'"


async def suppress(
    *, email: str, channel: str = "email", purpose: str | None = None, reason: str, at: datetime
) -> None:
    """Let nothing reach ``email`` on ``channel``, for one purpose or for all."""
    address = addressing.hashed(email)
    await suppress_hash(address_hash=address, channel=channel, purpose=purpose, reason=reason, at=at)


async def suppress_hash(
    *, address_hash: str, channel: str = "email", purpose: str | None = None, reason: str, at: datetime
) -> None:
    """As ``suppress`` does, for an address of which only the hash was kept."""
    assert reason in REASONS, "a stop has a reason we know what to do with"
    purposes = [purpose] if purpose else [row["purpose"] for row in await ground.fetch(_PURPOSES)]
    hashes = [addressing.hashed_for(address_hash, each) for each in purposes]
    # A stop for everything is also one for each purpose: a new yes to one of them leaves the others stopped.
    await ground.execute(_SUPPRESS, hashes if purpose else [address_hash, *hashes], channel, reason, at)


async def objected(*, email: str) -> bool:
    """Whether a stop for ``email`` is one that no new yes lifts."""
    rows = await ground.fetch(_HARD, addressing.hashed(email))
    return bool(rows)


async def lift(*, address_hash: str, purpose: str, channel: str, said_at: datetime) -> bool:
    """Let ``purpose`` reach the address again after a withdrawal; true when there was one. Nothing else is lifted.

    ``said_at`` is when the new yes was said, however much later somebody enters it: an older one lifts nothing.
    """
    hashes = [address_hash, addressing.hashed_for(address_hash, purpose)]
    return bool(await ground.fetch(_LIFT, hashes, channel, said_at))
