"""Verify the books by themselves: the chain, both sides of every posting, every account, and the sums of closed days.

What the postings were for is looked at by the rooms above, which hand in what they found (``insight.proving``).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from leumund.kit import ground, verifying
from leumund.ledger import closing
from leumund.ledger.chaining import BOOKS

MOST_TOLD = verifying.MOST_TOLD
_MINUTES = 10
# A side without an account, or with one in another currency.
_HALVES = """
SELECT p.id FROM ledger_posting p
LEFT JOIN ledger_account d ON d.id = p.debit AND d.currency = p.currency
LEFT JOIN ledger_account c ON c.id = p.credit AND c.currency = p.currency
WHERE d.id IS NULL OR c.id IS NULL LIMIT $1
"""
# What people may expect, what is under way to them and what they were paid is never less than nothing; what is
# theirs may be, where an order came back after it was paid out.
_ACCOUNTS = """
WITH held AS (
    SELECT a.id, a.kind, a.currency, coalesce(sum(side.cents), 0) AS cents FROM ledger_account a
    LEFT JOIN (
        SELECT credit AS account, cents FROM ledger_posting UNION ALL SELECT debit, -cents FROM ledger_posting
    ) side ON side.account = a.id GROUP BY a.id
)
SELECT NULL::uuid AS id, currency, count(*) AS accounts, sum(cents)::bigint AS cents FROM held GROUP BY currency
UNION ALL (
    SELECT id, currency, 1, cents::bigint FROM held
    WHERE cents < 0 AND kind IN ('reward_pending', 'payout_in_transit', 'paid_out') LIMIT $1
)
"""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not as it was booked: a word of ours, such as ``changed``, and of which posting or account."""

    kind: str
    which: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How far the chain reaches and where it ends, what all accounts of a currency sum to, and what was found."""

    postings: int
    chain_hash: str
    waiting: int
    accounts: int
    sums: Mapping[str, int]
    faults: list[Fault]

    def beside(self, found: Iterable[Fault]) -> "Verdict":
        """This verdict with what else was ``found``; fifty of each kind of look are told."""
        return msgspec.structs.replace(self, faults=[*self.faults, *found])


async def verify() -> Verdict:
    """Look at all of this company's books; some minutes for millions of postings."""
    async with ground.sweeping(minutes=_MINUTES):
        chain = await verifying.verify(BOOKS)
        halves = await ground.fetch(_HALVES, MOST_TOLD)
        held = await ground.fetch(_ACCOUNTS, MOST_TOLD)
        days = await closing.untrue()
    sums = [row for row in held if row["id"] is None]
    faults = [
        *(Fault(each.kind, str(each.entry or each.position or "")) for each in chain.faults),
        *(Fault("half", str(row["id"])) for row in halves),
        *_uneven(sums),
        *(Fault("negative", str(row["id"])) for row in held if row["id"] is not None),
        *(Fault("day", day.isoformat()) for day in days),
    ]
    return Verdict(
        postings=chain.position + chain.waiting,
        chain_hash=chain.chain_hash,
        waiting=chain.waiting,
        accounts=sum(row["accounts"] for row in sums),
        sums={row["currency"]: row["cents"] for row in sums},
        faults=faults,
    )


def _uneven(sums: Sequence[Mapping[str, Any]]) -> list[Fault]:
    return [Fault("uneven", row["currency"]) for row in sums if row["cents"]]
