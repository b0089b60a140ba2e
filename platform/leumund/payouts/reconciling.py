"""Reconcile payouts with the books: what was booked for each fits its amount, its person and where it stands."""

from leumund.kit import ground
from leumund.ledger.verifying import MOST_TOLD, Fault

_MINUTES = 10
# What is on its way lies in transit, what arrived was paid out, and what failed or came back left nothing behind.
_UNTRUE = """
WITH booked AS (
    SELECT split_part(p.cause, ' ', 2) AS payout,
        coalesce(sum(p.cents) FILTER (WHERE split_part(p.cause, ' ', 3) = 'created'), 0) AS created,
        sum(CASE 'payout_in_transit' WHEN c.kind THEN p.cents WHEN d.kind THEN -p.cents ELSE 0 END) AS transit,
        sum(CASE 'paid_out' WHEN c.kind THEN p.cents WHEN d.kind THEN -p.cents ELSE 0 END) AS paid
    FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
    WHERE p.cause LIKE 'payout %' GROUP BY 1
)
SELECT coalesce(o.id::text, b.payout) AS payout,
    CASE WHEN o.id IS NULL THEN 'unknown' WHEN b.payout IS NULL THEN 'unbooked'
        WHEN b.created <> o.cents THEN 'amount' ELSE 'state' END AS kind
FROM payout o FULL JOIN booked b ON b.payout = o.id::text
WHERE o.id IS NULL OR b.payout IS NULL OR b.created <> o.cents OR NOT CASE
    WHEN o.state = 'confirmed' THEN b.transit = 0 AND b.paid = o.cents
    WHEN o.state IN ('failed', 'returned') THEN b.transit = 0 AND b.paid = 0
    ELSE b.transit = o.cents AND b.paid = 0 END
LIMIT $1
"""
_STRANGE = """
SELECT DISTINCT o.id FROM ledger_posting p JOIN payout o ON o.id::text = split_part(p.cause, ' ', 2)
JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
WHERE p.cause LIKE 'payout %'
  AND (p.currency <> o.currency OR d.owner <> o.beneficiary OR c.owner <> o.beneficiary) LIMIT $1
"""
# A payout is what its rewards come to, which are one person's; a reward brings no more to it than it is.
_APART = """
SELECT o.id FROM payout o LEFT JOIN (
    SELECT i.payout, sum(i.cents) AS cents, bool_and(w.beneficiary = p.beneficiary AND w.currency = p.currency
        AND i.cents + i.set_off_cents <= w.cents) AS fits
    FROM payout_item i JOIN payout p ON p.id = i.payout JOIN reward w ON w.id = i.reward GROUP BY i.payout
) s ON s.payout = o.id
WHERE s.payout IS NULL OR s.cents <> o.cents OR NOT s.fits LIMIT $1
"""


async def check() -> list[Fault]:
    """Payouts that are not what their postings and their rewards say, fifty of each kind. Three queries."""
    async with ground.sweeping(minutes=_MINUTES):
        apart = await ground.fetch(_APART, MOST_TOLD)
        untrue = await ground.fetch(_UNTRUE, MOST_TOLD)
        strange = await ground.fetch(_STRANGE, MOST_TOLD)
    return [
        *(Fault(f"payout_{row['kind']}", row["payout"]) for row in untrue),
        *(Fault("payout_whose", str(row["id"])) for row in strange),
        *(Fault("payout_items", str(row["id"])) for row in apart),
    ]
