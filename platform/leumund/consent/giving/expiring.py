"""Let requests lapse that nobody confirmed, and forget them in time; a nightly job."""

from datetime import datetime
from typing import Any

from leumund.consent.evidence import recording
from leumund.consent.evidence.recording import Said
from leumund.kit import ground

_LAPSED = """
SELECT asked.customer, asked.request, asked.served, asked.text, asked.controller, asked.purpose, asked.channel,
    request.expires_at
FROM consent_request request JOIN consent_event asked ON asked.request = request.id
    AND asked.customer = request.customer
WHERE request.confirmed_at IS NULL AND request.expires_at <= $1
  AND asked.state = 'requested' AND (asked.evidence ->> 'chosen')::boolean
  AND NOT EXISTS (SELECT FROM consent_event lapsed
                  WHERE lapsed.customer = request.customer AND lapsed.request = request.id
                    AND lapsed.state = 'expired')
ORDER BY asked.customer, asked.position
"""
_FORGET = "DELETE FROM consent_request WHERE confirmed_at IS NULL AND requested_at <= $1 RETURNING id"


async def expire(*, before: datetime, at: datetime) -> int:
    """Mark what lapsed by ``at`` and delete what was asked until ``before``; returns how many were deleted."""
    await _lapse(at)
    return len(await ground.fetch(_FORGET, before))


async def _lapse(at: datetime) -> None:
    people = {row["customer"] for row in await ground.fetch(_LAPSED, at)}
    await recording.hold(people=people)
    # Read again now that nobody else marks them.
    rows = await ground.fetch(_LAPSED, at)
    await recording.record([_lapsed(row, at) for row in rows if row["customer"] in people])


def _lapsed(row: dict[str, Any], at: datetime) -> Said:
    evidence = {"request_expired_at": row.pop("expires_at")}
    return Said(**row, state="expired", source="system", evidence=evidence, at=at)
