"""Say why a mail may not go, in the very transaction that would send it: whom it reaches, its basis, a stop, too many.

Advertising has one basis, the addressee's consent; what would hold one mail back is asked for a hundred thousand at
once by the same statements.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.company import agreeing
from leumund.consent import addressing, checking
from leumund.kit import ground
from leumund.messages.gate import limiting
from leumund.messages.kinds import KINDS, Kind
from leumund.messages.recipients import Recipient
from leumund.messages.tables import Message

_HELD = "SELECT id, held FROM customer WHERE id = ANY ($1) AND held IS NOT NULL"


async def hindrance(*, message: Message, recipient: Recipient, at: datetime) -> str | None:
    """Why nothing may be sent now; None when it may.

    Reasons are no_address, disabled, no_agreement, no_purpose, and what ``hindrances`` says.
    """
    form = KINDS[message.kind]
    if recipient.email is None:
        return "no_address"
    if recipient.disabled:
        return "disabled"
    if recipient.customer is None:
        return None if message.test or not form.advertising else "no_consent"
    if form.basis != "legal_obligation" and not await agreeing.has_agreed():
        return "no_agreement"
    if not form.advertising:
        return await _resting(form, recipient.customer)
    if message.purpose is None or not form.is_for(message.purpose):
        # Queuing asserts this too; the gate does not rely on it.
        return "no_purpose"
    address = {recipient.customer: addressing.hashed(recipient.email)}
    return (await hindrances(purpose=message.purpose, addresses=address, at=at)).get(recipient.customer)


async def hindrances(*, purpose: str, addresses: Mapping[UUID, str], at: datetime) -> dict[UUID, str]:
    """Whom advertising for ``purpose`` may not reach now, each with the first reason against it; all others it may.

    ``addresses`` are customers' ids and their addresses' hashes. Reasons are restriction and erasure (Art. 18 and 17
    GDPR: such data rest), no_consent, which is also a stop, and too_often.
    """
    held = {row["id"]: str(row["held"]) for row in await ground.fetch(_HELD, list(addresses))}
    allowed = await checking.allowed_among(addresses=addresses, purpose=purpose, channel="email")
    often = await limiting.reached(people=allowed, purpose=purpose, at=at)
    return {
        **dict.fromkeys(often, "too_often"),
        **dict.fromkeys(addresses.keys() - allowed, "no_consent"),
        **held,
    }


async def _resting(form: Kind, customer: UUID) -> str | None:
    """Whose data rest hears of nothing but what the law has us say, and what they asked for themselves."""
    if form.basis == "legal_obligation" or form.wished:
        return None
    rows = await ground.fetch(_HELD, [customer])
    return str(rows[0]["held"]) if rows else None
