"""Withdraw consents, as easily as they were given (GDPR Art. 7(3)): one call, no reason asked, at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.consent import suppressing
from leumund.kit import ground

# Ends what stands and what still waits for its confirmation, in the words it was asked for in.
_WITHDRAW = """
INSERT INTO consent_event (customer, text, controller, purpose, channel, state, source, evidence, at)
SELECT customer, text, controller, purpose, channel, 'withdrawn', $3, $4::jsonb, $5 FROM (
    SELECT DISTINCT ON (purpose, channel) * FROM consent_event
    WHERE customer = $1 AND ($2::text IS NULL OR purpose = $2)
      AND (state IN ('given', 'withdrawn') OR (state = 'requested' AND (evidence ->> 'chosen')::boolean))
    ORDER BY purpose, channel, at DESC, state = 'withdrawn' DESC
) latest
WHERE state <> 'withdrawn'
"""


async def withdraw(
    *,
    customer: UUID,
    email: str,
    purpose: str | None = None,
    source: str,
    at: datetime,
    evidence: Mapping[str, object] | None = None,
) -> None:
    """End ``purpose``, or all, on every channel, and suppress ``email``; doing it twice changes nothing more."""
    told = msgspec.json.encode(dict(evidence or {})).decode()
    await ground.execute(_WITHDRAW, customer, purpose, source, told, at)
    await suppressing.suppress(email=email, purpose=purpose, reason=suppressing.WITHDRAWAL, at=at)
