"""A person's statement: every movement on their accounts, and what they had after it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground

MOST = 1000
# What they held after each posting is summed up over all of theirs, however few are shown.
_MOVEMENTS = """
WITH moved AS (
    SELECT p.id, p.posted_at, p.currency, p.cents, p.cause, d.kind AS debit_kind, c.kind AS credit_kind
    FROM ledger_account a JOIN ledger_posting p ON p.debit = a.id
    JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
    WHERE a.owner = $1
    UNION
    SELECT p.id, p.posted_at, p.currency, p.cents, p.cause, d.kind, c.kind
    FROM ledger_account a JOIN ledger_posting p ON p.credit = a.id
    JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
    WHERE a.owner = $1
)
SELECT posted_at AS at, currency, cents, cause, debit_kind, credit_kind,
    (sum(CASE 'reward_pending' WHEN credit_kind THEN cents WHEN debit_kind THEN -cents ELSE 0 END)
        OVER before)::bigint AS pending_cents,
    (sum(CASE 'reward_available' WHEN credit_kind THEN cents WHEN debit_kind THEN -cents ELSE 0 END)
        OVER before)::bigint AS available_cents,
    (sum(CASE 'payout_in_transit' WHEN credit_kind THEN cents WHEN debit_kind THEN -cents ELSE 0 END)
        OVER before)::bigint AS transit_cents,
    (sum(CASE 'paid_out' WHEN credit_kind THEN cents WHEN debit_kind THEN -cents ELSE 0 END)
        OVER before)::bigint AS paid_cents
FROM moved WINDOW before AS (PARTITION BY currency ORDER BY posted_at, id)
ORDER BY posted_at DESC, id DESC LIMIT $2
"""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One posting on a person's accounts, and what they had of each kind in its currency after it, in minor units."""

    at: datetime
    currency: str
    cents: int
    cause: str
    debit_kind: str
    credit_kind: str
    pending_cents: int
    available_cents: int
    transit_cents: int
    paid_cents: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A person's movements, newest first, and whether there were more than fit."""

    movements: list[Movement]
    more: bool

    @property
    def newest(self) -> dict[str, Movement]:
        """Where they stand now: the newest movement by currency."""
        return {each.currency: each for each in reversed(self.movements)}


async def state(*, owner: UUID, most: int = MOST) -> Statement:
    """The statement of the person ``owner``; at most ``most`` movements of it. One query."""
    rows: list[dict[str, Any]] = await ground.fetch(_MOVEMENTS, owner, most + 1)
    return Statement(movements=[Movement(**row) for row in rows[:most]], more=len(rows) > most)
