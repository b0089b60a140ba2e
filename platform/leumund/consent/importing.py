"""Import a consent that was given elsewhere: only with its basis, and never over a withdrawal."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.consent import addressing
from leumund.consent.tables import ConsentEvent
from leumund.kit import faults, ground

_TEXT = """
SELECT id FROM consent_text WHERE kind = 'consent' AND purpose = $1 AND channels ? $2
ORDER BY version DESC, language LIMIT 1
"""
_IN_THE_WAY = """
SELECT FROM consent_event WHERE customer = $1 AND purpose = $2 AND channel = $3 AND state IN ('given', 'withdrawn')
UNION ALL
SELECT FROM consent_suppression WHERE channel = $3 AND address_hash = ANY ($4::text[])
"""


class BasisMissing(faults.Refused):
    """Nobody says how this consent was given, so it could never be demonstrated (GDPR Art. 7(1))."""


class PurposeUnknown(faults.Refused):
    """No text was ever published for this purpose and channel."""


async def import_given(
    *,
    customer: UUID,
    purpose: str,
    channel: str,
    source: str,
    evidence: Mapping[str, object],
    at: datetime,
    email: str | None = None,
) -> bool:
    """Record a consent given before; false, and nothing done, after any earlier yes, withdrawal or suppression.

    ``evidence`` needs ``basis``: how, when and in which words it was given. With ``email`` it holds for that address
    alone. Raises BasisMissing, PurposeUnknown.
    """
    if not str(evidence.get("basis") or "").strip():
        raise BasisMissing("errors.consent.basis_missing", field="basis")
    texts = await ground.fetch(_TEXT, purpose, channel)
    if not texts:
        raise PurposeUnknown("errors.consent.purpose_unknown", field="purpose", purpose=purpose, channel=channel)
    address = None if email is None else addressing.hashed(email)
    hashes = [] if address is None else [address, addressing.hashed_for(address, purpose)]
    if await ground.fetch(_IN_THE_WAY, customer, purpose, channel, hashes):
        return False
    profile = await describing.profile()
    known = dict(evidence) | {"imported": True} | ({} if address is None else {"address": address})
    event = ConsentEvent(
        customer=customer,
        text=texts[0]["id"],
        controller=company_rules.controller(profile.legal_name, profile.imprint),
        purpose=purpose,
        channel=channel,
        state="given",
        source=source,
        evidence=known,
        at=at,
    )
    await ConsentEvent.insert(event)
    return True
