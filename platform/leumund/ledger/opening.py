"""Open accounts when they are first asked for, and hold them where a balance is asked before it moves."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from leumund.kit import ground

# Each is looked up by its index, however many: the planner takes them for few, and would compare each with all.
_FIND = """
SELECT there.id, wanted.kind, wanted.owner, wanted.currency
FROM unnest($1::text[], $2::uuid[], $3::text[]) AS wanted (kind, owner, currency)
CROSS JOIN LATERAL (
    SELECT id FROM ledger_account a
    WHERE a.owner = wanted.owner AND a.kind = wanted.kind AND a.currency = wanted.currency OFFSET 0
) there
"""
# In one order everywhere, so that nobody who opens the same two waits for us and we for them.
_OPEN = """
INSERT INTO ledger_account (kind, owner, currency)
SELECT kind, owner, currency FROM unnest($1::text[], $2::uuid[], $3::text[]) AS asked (kind, owner, currency)
ORDER BY owner, kind, currency ON CONFLICT DO NOTHING RETURNING id, kind, owner, currency
"""
_HOLD = "SELECT FROM ledger_account WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"


class Account(NamedTuple):
    """What ``owner``, a program or a person, has of one kind in one currency (ISO 4217, or PTS for points)."""

    kind: str
    owner: UUID
    currency: str


async def open_all(*, accounts: Collection[Account]) -> dict[Account, UUID]:
    """The ids of ``accounts``: one statement, two where some are new, three where somebody opens these just now."""
    found = await _rows(_FIND, accounts)
    if missing := set(accounts) - set(found):
        found |= await _rows(_OPEN, missing)
    if taken := set(accounts) - set(found):
        found |= await _rows(_FIND, taken)
    return found


async def _rows(sql: str, accounts: Collection[Account]) -> dict[Account, UUID]:
    wanted = [list(part) for part in zip(*set(accounts), strict=True)] or [[], [], []]
    rows = await ground.fetch(sql, *wanted)
    return {Account(row["kind"], row["owner"], row["currency"]): row["id"] for row in rows}


async def hold(*, accounts: Collection[UUID]) -> None:
    """Let nobody else who holds any of ``accounts`` go on before this deed has ended; in the order of their ids.

    Whoever asks what an account holds and moves it because of that holds it first. Others post to it meanwhile.
    """
    await ground.execute(_HOLD, list(accounts))
