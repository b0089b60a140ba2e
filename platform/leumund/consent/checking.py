"""Check whether something may be sent: a consent that stands, for this address, and no suppression.

This is rules.stands said in SQL, for one person or a hundred thousand; a test holds the two against each other.
"""

from collections.abc import Mapping
from uuid import UUID

from leumund.consent import addressing
from leumund.kit import ground

# A consent is the addressee's (§ 7 UWG): given for one address, it does not follow to another.
_ALLOWED = """
SELECT person.customer
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS person (customer, address, address_for_purpose)
CROSS JOIN LATERAL (
    SELECT state, evidence ->> 'address' AS address FROM consent_event
    WHERE customer = person.customer AND purpose = $4 AND channel = $5
      AND (state IN ('given', 'withdrawn', 'objected', 'invalidated', 'terminated')
           OR (state = 'expired' AND request IS NULL))
    ORDER BY at DESC, state = 'given' LIMIT 1
) latest
WHERE latest.state = 'given' AND coalesce(latest.address, person.address) = person.address
  AND NOT EXISTS (
    SELECT FROM consent_suppression
    WHERE channel = $5 AND address_hash IN (person.address, person.address_for_purpose))
"""


async def allowed(*, customer: UUID, email: str, purpose: str, channel: str) -> bool:
    """Whether ``purpose`` may reach ``customer`` at ``email`` over ``channel`` now."""
    addresses = {customer: addressing.hashed(email)}
    return customer in await allowed_among(addresses=addresses, purpose=purpose, channel=channel)


async def allowed_among(*, addresses: Mapping[UUID, str], purpose: str, channel: str) -> set[UUID]:
    """Those whom ``purpose`` may reach, in one query; ``addresses`` are customers' ids and their addresses' hashes."""
    for_purpose = [addressing.hashed_for(address, purpose) for address in addresses.values()]
    rows = await ground.fetch(_ALLOWED, list(addresses), list(addresses.values()), for_purpose, purpose, channel)
    return {row["customer"] for row in rows}
