"""Post to the ledger: every posting takes from one account what it gives to another.

A posting names both sides, so it cannot be unbalanced. Its cause is unique, so telling the ledger the same thing
twice moves the money once.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leumund.kit import ground
from leumund.ledger.tables import Posting


class CauseReused(Exception):
    """The cause was posted before, for other accounts or another amount."""


async def open_account(*, kind: str, owner: UUID, currency: str) -> UUID:
    """The account of ``owner`` for ``kind`` in ``currency``, opened when it is first asked for."""
    await ground.execute(
        "INSERT INTO ledger_account (kind, owner, currency) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        kind,
        owner,
        currency,
    )
    rows = await ground.fetch(
        "SELECT id FROM ledger_account WHERE kind = $1 AND owner = $2 AND currency = $3", kind, owner, currency
    )
    account: UUID = rows[0]["id"]
    return account


async def post(*, debit: UUID, credit: UUID, cents: int, currency: str, cause: str, at: datetime) -> Posting:
    """Move ``cents`` (minor units, above zero) from ``debit`` to ``credit``, once per ``cause``.

    Raises CauseReused when ``cause`` was posted with other figures. Both accounts are in ``currency``, or the database
    refuses.
    """
    assert cents > 0, "a posting moves something"
    wanted = Posting(debit=debit, credit=credit, cents=cents, currency=currency, cause=cause, posted_at=at)
    await Posting.insert(wanted).on_conflict(target=Posting.cause, action="DO NOTHING")
    posted = await Posting.objects().get(Posting.cause == cause)
    assert posted is not None, "inserted above, or before us"
    if (posted.debit, posted.credit, posted.cents, posted.currency) != (debit, credit, cents, currency):
        raise CauseReused(cause)
    return posted


async def posted(*, causes: Sequence[str]) -> set[str]:
    """Those of ``causes`` that have moved money."""
    rows = await ground.fetch("SELECT cause FROM ledger_posting WHERE cause = ANY ($1::text[])", list(causes))
    return {row["cause"] for row in rows}
