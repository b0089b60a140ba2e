"""Who was said to have recommended a customer, in which way and by whom, and what became of it; for the company."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground, personal
from leumund.referrals.claims.hearing import REASON
from leumund.staff import members

_OF = f"""
SELECT k.id, k.way, k.claimed_at, k.told_at, k.conditions_shown, k.reason_sealed, k.link IS NOT NULL AS is_known,
       {personal.brought("k.customer")}, {members.BROUGHT}, {naming.sealed("a", as_="advocate")}, r.id AS referral,
       (SELECT reason FROM claim_judgement j WHERE j.claim = k.id ORDER BY reason <> 'won', at DESC, conversion LIMIT 1
       ) AS became
FROM referral_claim k LEFT JOIN share_link l ON l.id = k.link LEFT JOIN customer a ON a.id = l.advocate
LEFT JOIN staff_member m ON m.id = k.told_by LEFT JOIN referral r ON r.claim = k.id
WHERE k.customer = $1 ORDER BY k.told_at DESC, k.id LIMIT 20
"""  # noqa: S608 - names of ours alone


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as the company sees it; what support entered has who did and why.

    ``became`` is what became of it by a key, None while nothing was bought since; ``advocate`` is the name of whoever
    has the link, empty where nobody has.
    """

    id: UUID
    way: str
    claimed_at: datetime
    told_at: datetime
    conditions_shown: bool
    is_known: bool
    advocate: str
    told_by: str | None
    reason: str
    referral: UUID | None
    became: str | None


async def claims_of(*, customer: UUID) -> list[Listed]:
    """The newest claims about ``customer``; one query."""
    found = []
    for row in await ground.fetch(_OF, customer):
        key = personal.opened(row.pop("key_sealed"), person=customer)
        reason, advocate = REASON.tell(row.pop("reason_sealed"), row["id"], key=key), naming.take(row, as_="advocate")
        del row["advocate_id"]
        found.append(Listed(advocate=advocate.shown, told_by=members.take(row), reason=reason, **row))
    return found
