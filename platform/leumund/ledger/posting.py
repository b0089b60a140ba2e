"""Post to the ledger: every posting takes from one account what it gives to another.

A posting names both sides, so it cannot be unbalanced. Its cause is unique, so telling the ledger the same thing
twice moves the money once. It takes its place in the books' chain, and into a day that was closed nothing is posted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from leumund.kit import ground, linking
from leumund.ledger import opening
from leumund.ledger.chaining import BOOKS, COLUMNS, Posted
from leumund.ledger.opening import Account

# The head of the chain is asked for in the same statement, and after the postings: whoever waits for somebody who
# posts the same cause does not hold it meanwhile.
_POST = f"""
WITH posted AS (
    INSERT INTO ledger_posting ({COLUMNS})
    SELECT id, debit, credit, currency, cents, cause, $7
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::text[])
        AS given (id, debit, credit, currency, cents, cause)
    WHERE NOT EXISTS (SELECT FROM ledger_closed WHERE ($7 AT TIME ZONE 'UTC')::date <= through_date)
    ORDER BY cause ON CONFLICT (cause) DO NOTHING RETURNING id
), here AS MATERIALIZED (SELECT ARRAY(SELECT id FROM posted) AS ids)
SELECT here.ids, {linking.FOUND} FROM here
CROSS JOIN LATERAL (SELECT {linking.FOUND} FROM ({linking.head_sql(BOOKS)}) head WHERE here.ids IS NOT NULL) head
"""  # noqa: S608 - constants of ours
_TOLD = f"SELECT {COLUMNS} FROM ledger_posting WHERE cause = ANY ($1::text[])"  # noqa: S608


class CauseReused(Exception):
    """The cause was posted before, for other accounts or another amount."""


class DayClosed(Exception):
    """The day was closed: its sums are known, and may have been told to the tax office."""


class Move(NamedTuple):
    """``cents`` (minor units, above zero) from ``debit`` to ``credit``, which are in one currency, once a ``cause``."""

    debit: Account
    credit: Account
    cents: int
    cause: str


async def post(*, debit: UUID, credit: UUID, cents: int, currency: str, cause: str, at: datetime) -> Posted:
    """Move ``cents`` (minor units, above zero) from ``debit`` to ``credit``, once per ``cause``.

    Raises CauseReused when ``cause`` was posted with other figures, and DayClosed. Both accounts are in ``currency``,
    or the database refuses.
    """
    (posted,) = await _post([Posted(uuid4(), debit, credit, currency, cents, cause, at)])
    return posted


async def post_all(*, moves: Sequence[Move], at: datetime) -> list[Posted]:
    """All of ``moves`` at once, or none; their accounts are opened. Raises as ``post`` does.

    Three statements however many there are, to find the accounts, to post and to link; one more where some accounts
    are new, and where some causes were told before. The answer has a posting for each move, in their order.
    """
    accounts = await opening.open_all(accounts={side for move in moves for side in (move.debit, move.credit)})
    return await _post([_wanted(move, accounts, at) for move in moves]) if moves else []


async def posted(*, causes: Sequence[str]) -> set[str]:
    """Those of ``causes`` that have moved money."""
    rows = await ground.fetch("SELECT cause FROM ledger_posting WHERE cause = ANY ($1::text[])", list(causes))
    return {row["cause"] for row in rows}


def _wanted(move: Move, accounts: Mapping[Account, UUID], at: datetime) -> Posted:
    assert move.debit.currency == move.credit.currency, "currencies never mix"
    return Posted(uuid4(), accounts[move.debit], accounts[move.credit], move.debit.currency, move.cents, move.cause, at)


async def _post(wanted: Sequence[Posted]) -> list[Posted]:
    """What stands in the books of each of ``wanted``, which are of one moment."""
    assert all(each.cents > 0 for each in wanted), "a posting moves something"
    columns = [list(part) for part in zip(*wanted, strict=True)]
    (found,) = await ground.fetch(_POST, *columns[:-1], wanted[0].posted_at)
    made = set(found["ids"])
    if new := [each for each in wanted if each.id in made]:
        await linking.enter(BOOKS, new, found)
    told = await _told([each for each in wanted if each.id not in made])
    return [each if each.id in made else _same(each, told) for each in wanted]


async def _told(before: Sequence[Posted]) -> Mapping[str, Posted]:
    if not before:
        return {}
    rows: list[dict[str, Any]] = await ground.fetch(_TOLD, [each.cause for each in before])
    return {row["cause"]: Posted(**row) for row in rows}


def _same(wanted: Posted, told: Mapping[str, Posted]) -> Posted:
    """The posting that ``wanted`` was told as before. Raises CauseReused, DayClosed."""
    posted = told.get(wanted.cause)
    if posted is None:
        raise DayClosed(f"{wanted.posted_at:%Y-%m-%d}")
    if posted._replace(id=wanted.id, posted_at=wanted.posted_at) != wanted:
        raise CauseReused(wanted.cause)
    return posted
