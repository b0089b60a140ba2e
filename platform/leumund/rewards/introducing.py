"""A company tells who its customer is, and who recommended them, before they have bought anything.

What was said is settled at what they buy, as if it came with the order; what would become of it now is told.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.customers.intake import telling as intake
from leumund.customers.intake.telling import Claimed
from leumund.customers.records.registering import Record
from leumund.referrals.claims import rules, settling
from leumund.referrals.claims import telling as claiming
from leumund.referrals.claims.telling import Said, Told
from leumund.rewards import buying
from leumund.rewards.attributing import CLOCKS_DIFFER
from leumund.rewards.buying import CustomerRef


class Introduced(msgspec.Struct, frozen=True, kw_only=True):
    """Who it is, whether new, and which consents were taken.

    ``claimed_by`` is the way of what was said that would win at a purchase or comes closest, ``claim_reason`` what
    would become of it; None where nothing was said.
    """

    customer: UUID
    created: bool
    taken: list[bool]
    claimed_by: str | None = None
    claim_reason: str | None = None


async def introduce(
    *, record: Record, consents: Sequence[Claimed], said: Said, source: str, at: datetime
) -> Introduced:
    """Register the person, what they consented to, and who is ``said`` to have recommended them.

    Saying the same again adds nothing. Four queries more where something was said. Raises what intake.telling raises.
    """
    told = await intake.tell(record=record, consents=consents, source=source, at=at)
    way = reason = None
    if claims := await claiming.read(said=said, claimed_at=at, at=at):
        await buying.buyer(CustomerRef(id=told.customer))
        await claiming.keep_news(customer=told.customer, told=claims, at=at)
        way, reason = await _foreseen(told.customer, claims, at)
    return Introduced(
        customer=told.customer, created=told.created, taken=told.taken, claimed_by=way, claim_reason=reason
    )


async def _foreseen(customer: UUID, claims: Sequence[Told], at: datetime) -> tuple[str, str]:
    """Of what was said just now, the way and what would become of it."""
    open_ones = await settling.foresee(customer=customer, clocks_differ=CLOCKS_DIFFER, at=at)
    # What was judged before is not heard again while something stands.
    known = {(each.way, each.link): each.reason for each in open_ones}
    told = [(one.way, known.get((one.way, one.link), "referral_stands")) for one in claims]
    return min(told, key=lambda one: (one[1] != rules.WON, rules.WAYS.index(one[0])))
