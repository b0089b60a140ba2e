"""Withdraw from a batch what was taken back since it was drafted: an order was given back, as a whole or in part, and
nothing has left yet."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.payouts import collecting, settling

_ITEMS = f"""
SELECT i.payout, i.reward, {collecting.OWED} < i.cents + i.set_off_cents AS is_less,
    w.doubt IS NOT NULL OR c.held IN ('restriction', 'erased') OR (p.way = 'sepa' AND NOT EXISTS (
        SELECT FROM payout_account a WHERE a.customer = c.id)) AS unready
FROM payout p JOIN payout_item i ON i.payout = p.id JOIN reward w ON w.id = i.reward
JOIN customer c ON c.id = p.beneficiary
WHERE p.batch = $1 AND p.state IN ('created', 'approved') ORDER BY i.reward
"""  # noqa: S608 - ours alone


async def withdraw(*, batch: UUID, at: datetime) -> int:
    """Let the payouts go that would pay for something that was given back, and those of people whose data rest or who
    took their account away, or with something in them that a person has to look at first.

    What else they would have paid comes with the next batch, where debts are set off. How many those were.
    """
    items = await ground.fetch(_ITEMS, batch)
    gone = {row["payout"] for row in items if row["is_less"]}
    held = {row["payout"] for row in items if row["unready"]} - gone
    for payouts, reason in ((gone, "taken_back"), (held, "set_aside")):
        if payouts:
            await settling.let_go(payouts=sorted(payouts), reason=reason, at=at)
    return len(gone | held)
