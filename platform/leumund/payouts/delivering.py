"""Deliver goods to where a person wants them, and forget that once they were sent: it was told for this alone."""

from collections.abc import Sequence
from uuid import UUID

from leumund.kit import ground

# Not yet of whom something else has still to be sent.
_FORGET = """
DELETE FROM payout_address a USING payout p
WHERE p.id = ANY ($1) AND p.way = 'goods' AND a.customer = p.beneficiary
  AND NOT EXISTS (SELECT FROM payout other WHERE other.beneficiary = a.customer AND other.way = 'goods'
                  AND other.state IN ('created', 'approved', 'submitted', 'unknown'))
"""


async def forget(*, payouts: Sequence[UUID]) -> None:
    """Let the addresses go that those of ``payouts`` that were goods went to."""
    await ground.execute(_FORGET, list(payouts))
