"""Withdraw from a batch what was taken back since it was drafted: an order was given back, and nothing has left yet."""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.payouts import settling
from leumund.rewards import booking

_ITEMS = """
SELECT i.payout, i.reward, c.held IN ('restriction', 'erased') OR (p.way = 'sepa' AND NOT EXISTS (
    SELECT FROM payout_account a WHERE a.customer = c.id)) AS unready
FROM payout p JOIN payout_item i ON i.payout = p.id
JOIN customer c ON c.id = p.beneficiary
WHERE p.batch = $1 AND p.state IN ('created', 'approved') ORDER BY i.reward
"""


async def withdraw(*, batch: UUID, at: datetime) -> int:
    """Let the payouts go that would pay for something that was given back, and those of people whose data rest
    or who took their account away.

    What else they would have paid comes with the next batch, where debts are set off. How many those were.
    """
    items = await ground.fetch(_ITEMS, batch)
    taken_back = set(await booking.booked("clawed back", rewards=[row["reward"] for row in items]))
    gone = {row["payout"] for row in items if row["reward"] in taken_back}
    held = {row["payout"] for row in items if row["unready"]} - gone
    for payouts, reason in ((gone, "taken_back"), (held, "set_aside")):
        if payouts:
            await settling.let_go(payouts=sorted(payouts), reason=reason, at=at)
    return len(gone | held)
