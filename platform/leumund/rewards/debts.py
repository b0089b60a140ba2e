"""What people owe back, by currency: what the books hold for them less than what waits to be paid to them.

More than that is never given back to a reward that was paid or is on its way: nobody would pay it out any more.
"""

from collections import defaultdict
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.ledger import balancing
from leumund.rewards.levelling import Part

# In the order in which payouts gather them, so that neither waits for what the other has.
_HOLD = """
SELECT FROM reward WHERE conversion = $1 OR state IN ('approved', 'failed')
    AND beneficiary IN (SELECT beneficiary FROM reward WHERE conversion = $1)
ORDER BY beneficiary, granted_at, id FOR NO KEY UPDATE
"""
_WAITS = """
SELECT w.beneficiary, w.currency, coalesce(sum(w.cents - coalesce((
    SELECT sum(cents) FROM reward_reduction WHERE reward = w.id), 0)) FILTER (WHERE w.state IN ('approved', 'failed')),
    0)::bigint AS cents, c.held IS NOT DISTINCT FROM 'erased' AS gone
FROM reward w JOIN customer c ON c.id = w.beneficiary
WHERE w.beneficiary IN (SELECT beneficiary FROM reward WHERE conversion = $1) GROUP BY w.beneficiary, w.currency, c.id
"""
# Such a reward is paid with all that is owed of it by then.
_UNPAID = ("pending", "approved", "failed")


class Debts(msgspec.Struct, kw_only=True):
    """What is owed back by person and currency, and who is ``gone``; it grows less as it is settled."""

    cents: dict[tuple[UUID, str], int]
    gone: frozenset[UUID]

    def room(self, part: Part) -> int:
        """How much more of a reward may be owed."""
        return part.cents if part.state in _UNPAID else self.cents[part.beneficiary, part.currency]

    def settle(self, part: Part, cents: int) -> None:
        if part.state not in _UNPAID:
            self.cents[part.beneficiary, part.currency] -= cents


async def look(*, conversion: UUID) -> Debts:
    """Of those who had rewards of the conversion; what waits for them is locked. Two queries, and one a currency."""
    await ground.fetch(_HOLD, conversion)
    waits: dict[str, dict[UUID, int]] = defaultdict(dict)
    gone = set()
    for row in await ground.fetch(_WAITS, conversion):
        waits[row["currency"]][row["beneficiary"]] = row["cents"]
        if row["gone"]:
            gone.add(row["beneficiary"])
    owed: dict[tuple[UUID, str], int] = {}
    for currency, people in waits.items():
        held = await balancing.held_each(kind="reward_available", owners=list(people), currency=currency)
        owed |= {(person, currency): max(0, cents - held.get(person, 0)) for person, cents in people.items()}
    return Debts(cents=owed, gone=frozenset(gone))
