"""Support enters who recommended a customer: the one rule settles it, or says why nothing comes of it.

What comes to nothing is not kept. Nobody is mailed because of it, and no consent comes of it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.referrals.claims import hearing, rules, settling
from leumund.referrals.claims.hearing import Heard
from leumund.rewards import attributing, buying, recognising
from leumund.rewards.attributing import CLOCKS_DIFFER

# What became of a claim, at the first event first; whether the same two are a recommendation already; and whether the
# customer bought anything that comes too late for a word of theirs.
_BECAME = """
SELECT ARRAY(SELECT j.reason FROM claim_judgement j JOIN conversion c ON c.id = j.conversion
             WHERE j.claim = $1 ORDER BY j.reason <> 'won', c.occurred_at, c.number) AS reasons,
       EXISTS (SELECT FROM referral r WHERE (r.friend, r.advocate) = ($2, $3) AND r.claim IS DISTINCT FROM $1
               AND r.confirmed_at IS NOT NULL) AS is_same,
       EXISTS (SELECT FROM conversion c WHERE c.customer = $2 AND c.kind <> 'sign_up' AND c.referral IS NULL
               AND c.refunded_at IS NULL AND c.occurred_at < $4) AS is_late
"""


class ComesToNothing(Refused):
    """By the rule of competing claims nothing comes of it, and it is said why."""


async def enter(*, customer: UUID, heard: Heard, by: UUID, at: datetime) -> UUID | None:
    """The referral that comes of what ``by`` heard of ``customer``; None where it counts from the next purchase on.

    Raises what hearing raises, CustomerUnknown for whoever is gone, and ComesToNothing.
    """
    told = await hearing.find(heard=heard, at=at)
    assert told.advocate is not None, "its link was found"
    if not await attributing.hold(friend=customer, also=[told.advocate]):
        raise buying.CustomerUnknown("errors.rewards.customer_unknown", field=hearing.FIELD)
    claim = await hearing.keep(customer=customer, told=told, reason=heard.reason, by=by, at=at)
    made = await recognising.settle(customer=customer, at=at)
    became = (await ground.fetch(_BECAME, claim, customer, told.advocate, at - rules.LATE))[0]
    if became["reasons"][:1] != [rules.WON]:
        made = None
        await _require_hope(claim, customer, became, at)
    detail = {"claim": str(claim), **({"referral": str(made)} if made else {})}
    await noting.note(actor=f"staff:{by}", action="claim.entered", subject=customer, detail=detail, at=at)
    return made


async def _require_hope(claim: UUID, customer: UUID, became: dict[str, Any], at: datetime) -> None:
    """Nothing, when the claim would win at the next purchase, as all stands now. Raises ComesToNothing."""
    open_ones = await settling.foresee(customer=customer, clocks_differ=CLOCKS_DIFFER, at=at)
    foreseen = next((each.reason for each in open_ones if each.claim == claim), None)
    if foreseen == rules.WON:
        return
    reason = next(iter(became["reasons"]), foreseen or "referral_stands")
    if reason == "referral_stands" and became["is_same"]:
        reason = "same_already"
    if reason == "too_early" or (reason == "existing_customer" and became["is_late"] and not became["reasons"]):
        reason = "too_late"
    raise ComesToNothing(f"errors.claims.{reason}", field=hearing.FIELD, days=rules.LATE.days)
