"""Reconcile rewards with the books: what was booked for each fits its amount, its people and where it stands."""

from leumund.kit import ground
from leumund.ledger.balancing import OF_PROGRAMS
from leumund.ledger.verifying import MOST_TOLD, Fault

_MINUTES = 10
# What each reward's postings left with whom. An order that came back in part takes a part back, so that between
# nothing and the whole amount all is possible; what nobody has any more leaves nothing.
_UNTRUE = """
WITH booked AS (
    SELECT split_part(p.cause, ' ', 2) AS reward,
        coalesce(sum(p.cents) FILTER (WHERE split_part(p.cause, ' ', 3) = 'granted'), 0) AS granted,
        sum(CASE 'reward_pending' WHEN c.kind THEN p.cents WHEN d.kind THEN -p.cents ELSE 0 END) AS pending,
        sum(CASE 'reward_available' WHEN c.kind THEN p.cents WHEN d.kind THEN -p.cents ELSE 0 END) AS available
    FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
    WHERE p.cause LIKE 'reward %' GROUP BY 1
)
SELECT coalesce(w.id::text, b.reward) AS reward,
    CASE WHEN w.id IS NULL THEN 'unknown' WHEN b.reward IS NULL THEN 'unbooked'
        WHEN b.granted <> w.cents THEN 'amount' ELSE 'state' END AS kind
FROM reward w FULL JOIN booked b ON b.reward = w.id::text
WHERE w.id IS NULL OR b.reward IS NULL OR b.granted <> w.cents OR NOT CASE
    WHEN w.state = 'pending' THEN b.available = 0 AND b.pending BETWEEN 0 AND w.cents
    WHEN w.state IN ('canceled', 'expired') THEN b.pending = 0 AND b.available = 0
    ELSE b.pending = 0 AND b.available BETWEEN 0 AND w.cents END
LIMIT $1
"""
_STRANGE = """
SELECT DISTINCT w.id FROM ledger_posting p JOIN reward w ON w.id::text = split_part(p.cause, ' ', 2)
JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
WHERE p.cause LIKE 'reward %' AND (
    p.currency <> w.currency
    OR d.owner <> CASE WHEN d.kind = ANY ($2::text[]) THEN w.program ELSE w.beneficiary END
    OR c.owner <> CASE WHEN c.kind = ANY ($2::text[]) THEN w.program ELSE w.beneficiary END
) LIMIT $1
"""
# A reward is of an event that counts for its referral, and of the person on its side of that.
_UNEARNED = """
SELECT w.id FROM reward w JOIN referral r ON r.id = w.referral JOIN conversion c ON c.id = w.conversion
WHERE c.referral IS DISTINCT FROM w.referral OR r.program <> w.program
   OR w.beneficiary <> CASE w.side WHEN 'advocate' THEN r.advocate ELSE r.friend END LIMIT $1
"""


async def check() -> list[Fault]:
    """Rewards that are not what their postings and their referrals say, fifty of each kind. Three queries."""
    async with ground.sweeping(minutes=_MINUTES):
        unearned = await ground.fetch(_UNEARNED, MOST_TOLD)
        untrue = await ground.fetch(_UNTRUE, MOST_TOLD)
        strange = await ground.fetch(_STRANGE, MOST_TOLD, sorted(OF_PROGRAMS))
    return [
        *(Fault(f"reward_{row['kind']}", row["reward"]) for row in untrue),
        *(Fault("reward_whose", str(row["id"])) for row in strange),
        *(Fault("reward_unearned", str(row["id"])) for row in unearned),
    ]
