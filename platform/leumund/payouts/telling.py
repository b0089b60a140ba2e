"""Tell people what became of what they are owed: it was paid, or it could not be; mails that advertise nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.kit import ground
from leumund.messages import sending
from leumund.messages.sending import Mail

# What was never sent and is not theirs to know: it comes with the next batch, or was taken back, of which they hear.
_QUIET = frozenset({"discarded", "set_aside", "taken_back"})
_KINDS: Mapping[str, str] = {"confirmed": "reward_paid", "failed": "reward_unpaid", "returned": "reward_unpaid"}
_WHO = """
SELECT p.id, p.beneficiary, c.language FROM payout p JOIN customer c ON c.id = p.beneficiary
WHERE p.id = ANY ($1) AND c.email_hash IS NOT NULL AND c.held IS DISTINCT FROM 'erased' ORDER BY p.id
"""


async def tell(*, payouts: Sequence[UUID], became: str, reason: str, at: datetime) -> None:
    """Write to whose payouts came to an end, each in their own language. Four statements."""
    kind = _KINDS.get(became)
    if kind is None or reason in _QUIET:
        return
    people, spoken = await ground.fetch(_WHO, list(payouts)), (await describing.profile()).languages
    mails = [
        Mail(
            customer=row["beneficiary"],
            subject_id=row["id"],
            language=company_rules.language_for(row["language"], spoken=spoken),
        )
        for row in people
    ]
    if mails:
        await sending.queue_all(kind=kind, mails=mails, at=at)
