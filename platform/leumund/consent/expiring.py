"""Let requests lapse that nobody confirmed, and forget them after 30 days; a nightly job."""

from datetime import datetime

from leumund.consent import rules
from leumund.kit import ground

_LAPSE = """
INSERT INTO consent_event (customer, request, text, controller, purpose, channel, state, source, evidence, at)
SELECT asked.customer, asked.request, asked.text, asked.controller, asked.purpose, asked.channel, 'expired',
       'system', jsonb_build_object('request_expired_at', request.expires_at), $1
FROM consent_request request JOIN consent_event asked ON asked.request = request.id
    AND asked.customer = request.customer
WHERE request.confirmed_at IS NULL AND request.expires_at <= $1
  AND asked.state = 'requested' AND (asked.evidence ->> 'chosen')::boolean
  AND NOT EXISTS (SELECT FROM consent_event lapsed
                  WHERE lapsed.customer = request.customer AND lapsed.request = request.id
                    AND lapsed.state = 'expired')
"""
_FORGET = "DELETE FROM consent_request WHERE confirmed_at IS NULL AND requested_at <= $1 RETURNING id"


async def expire(*, at: datetime) -> int:
    """Mark what lapsed by ``at`` and delete what was asked 30 days before; returns how many were deleted."""
    await ground.execute(_LAPSE, at)
    return len(await ground.fetch(_FORGET, at - rules.FORGET_AFTER))
