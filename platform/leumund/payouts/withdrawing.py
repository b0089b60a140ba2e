"""Withdraw what was taken back since its payout was made: an order was given back, as a whole or in part, and nothing
has left yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from leumund.kit import ground
from leumund.payouts import collecting, settling

_ITEMS = f"""
SELECT i.payout, i.reward, {collecting.OWED} < i.cents + i.set_off_cents AS is_less,
    w.doubt IS NOT NULL OR c.held IN ('restriction', 'erased') OR (p.way = 'sepa' AND NOT EXISTS (
        SELECT FROM payout_account a WHERE a.customer = c.id)) AS unready
FROM payout p JOIN payout_item i ON i.payout = p.id JOIN reward w ON w.id = i.reward
JOIN customer c ON c.id = p.beneficiary
WHERE {{which}} ORDER BY i.reward
"""  # noqa: S608 - ours alone
_OF_A_BATCH = _ITEMS.format(which="p.batch = $1 AND p.state IN ('created', 'approved')")
# A code that was not given has not left, however long ago it was sent.
_OF_CODES = _ITEMS.format(which="p.way = 'voucher' AND p.currency = $1 AND p.state = 'submitted'")


async def withdraw(*, batch: UUID, at: datetime) -> int:
    """Let the payouts go that would pay for something that was given back, and those of people whose data rest or who
    took their account away, or with something in them that a person has to look at first.

    What else they would have paid comes with the next batch, where debts are set off. How many those were.
    """
    return await _withdraw(await ground.fetch(_OF_A_BATCH, batch), at)


async def withdraw_waiting(*, currency: str, at: datetime) -> int:
    """As ``withdraw``, of all that were sent and wait for a code of ``currency``."""
    return await _withdraw(await ground.fetch(_OF_CODES, currency), at)


async def _withdraw(items: Sequence[Mapping[str, Any]], at: datetime) -> int:
    gone = {row["payout"] for row in items if row["is_less"]}
    held = {row["payout"] for row in items if row["unready"]} - gone
    for payouts, reason in ((gone, "taken_back"), (held, "set_aside")):
        if payouts:
            await settling.let_go(payouts=sorted(payouts), reason=reason, at=at)
    return len(gone | held)
