"""Payouts as lists: batches and what is in them for the company, and their own for whoever is paid."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import cursors, ground, personal
from leumund.kit.cursors import Page
from leumund.ledger import balancing
from leumund.payouts import collecting, entering, giving
from leumund.payouts.batching import BatchUnknown

_BATCH = """
SELECT b.id, b.way, b.currency, b.state, b.created_at AS at, b.created_by, b.checked_by, b.checked_at, b.four_eyes,
       b.approved_by, b.approved_at, b.sent_by, b.sent_at, b.execution_date, b.settled_at,
       s.payouts, s.cents, s.largest_cents, s.arrived, s.failed, s.open
FROM payout_batch b LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.stands) AS payouts,
           coalesce(sum(p.cents) FILTER (WHERE p.stands), 0)::bigint AS cents,
           coalesce(max(p.cents) FILTER (WHERE p.stands), 0)::bigint AS largest_cents,
           count(*) FILTER (WHERE p.state = 'confirmed') AS arrived,
           count(*) FILTER (WHERE NOT p.stands) AS failed,
           count(*) FILTER (WHERE p.state IN ('submitted', 'unknown')) AS open
    FROM payout p WHERE p.batch = b.id
) s ON true
"""
_BATCHES = f"""
{_BATCH} WHERE $1::timestamptz IS NULL OR (b.created_at, b.id) < ($1, $2::uuid)
ORDER BY b.created_at DESC, b.id DESC LIMIT $3
"""
_PAYOUTS = f"""
SELECT p.id, p.state, p.reason, p.reference, p.cents, p.currency, p.way, p.created_at AS at, p.settled_at,
       coalesce(i.rewards, 0) AS rewards, coalesce(i.set_off_cents, 0)::bigint AS set_off_cents,
       a.id AS address, a.address_sealed, {personal.brought("p.beneficiary")} AS address_key,
       {naming.sealed("c", as_="person", resting=True)}
FROM payout p JOIN customer c ON c.id = p.beneficiary
LEFT JOIN LATERAL (
    SELECT count(*) AS rewards, sum(set_off_cents) AS set_off_cents FROM payout_item WHERE payout = p.id
) i ON true
LEFT JOIN payout_address a ON p.way = 'goods' AND p.state = 'submitted' AND a.customer = p.beneficiary
WHERE p.batch = $1 AND ($2 = '' OR p.state = $2)
  AND ($3::timestamptz IS NULL OR (p.created_at, p.id) < ($3, $4::uuid))
ORDER BY p.created_at DESC, p.id DESC LIMIT $5
"""  # noqa: S608 - ours alone
# What was never told to be on its way is not theirs to see.
_MINE = f"""
SELECT p.id, p.state, p.reason, p.cents, p.currency, p.way, p.created_at AS at, p.submitted_at, p.settled_at,
       v.id AS voucher, v.code_sealed, v.expires_date, {personal.brought("p.beneficiary")},
       (SELECT coalesce(sum(i.set_off_cents), 0)::bigint FROM payout_item i WHERE i.payout = p.id) AS set_off_cents
FROM payout p LEFT JOIN voucher v ON v.payout = p.id
WHERE p.beneficiary = $1 AND NOT (p.state = 'failed' AND p.submitted_at IS NULL)
ORDER BY p.created_at DESC, p.id LIMIT 200
"""  # noqa: S608 - ours alone
_WAITING = f"""
SELECT w.kind, w.currency, sum({collecting.OWED})::bigint AS cents FROM reward w
WHERE w.beneficiary = $1 AND w.state IN ('approved', 'failed') AND w.voucher_code IS NULL GROUP BY w.kind, w.currency
ORDER BY w.currency, w.kind
"""  # noqa: S608 - ours alone


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch and what it comes to: ``cents`` of the payouts that stand; those are who did what by their ids."""

    id: UUID
    way: str
    currency: str
    state: str
    at: datetime
    created_by: UUID | None
    checked_by: UUID | None
    checked_at: datetime | None
    four_eyes: bool
    approved_by: UUID | None
    approved_at: datetime | None
    sent_by: UUID | None
    sent_at: datetime | None
    execution_date: Any
    settled_at: datetime | None
    payouts: int
    cents: int
    largest_cents: int
    arrived: int
    failed: int
    open: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has earned of one kind and nobody pays yet; the first of a currency tells of the debt in it."""

    kind: str
    currency: str
    cents: int
    debt_cents: int = 0


async def batches(*, after: str | None = None, limit: int = 50) -> Page[Batch]:
    """Batches, newest first. One query. Raises BadCursor."""
    rows = await ground.fetch(_BATCHES, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([Batch(**row) for row in rows], limit=limit, stands=lambda batch: (batch.at, batch.id))


async def batch(*, batch: UUID) -> Batch:
    """One batch. One query. Raises BatchUnknown."""
    rows = await ground.fetch(_BATCH + " WHERE b.id = $1", batch)
    if not rows:
        raise BatchUnknown("errors.payouts.batch_unknown")
    return Batch(**rows[0])


async def payouts(*, batch: UUID, state: str = "", after: str | None = None, limit: int = 50) -> Page[dict[str, Any]]:
    """What is in a batch, with names, and for goods where they go as long as they have to. One query."""
    rows = await ground.fetch(_PAYOUTS, batch, state, *cursors.place(after), cursors.asked_for(limit))
    return cursors.cut([_named(row) for row in rows], limit=limit, stands=lambda row: (row["at"], row["id"]))


async def of_person(*, customer: UUID) -> list[dict[str, Any]]:
    """What somebody was or is being paid, newest first, with the codes they were given. One query."""
    return [_theirs(row, customer) for row in await ground.fetch(_MINE, customer)]


async def waiting_of(*, customer: UUID) -> list[Waiting]:
    """What waits to be paid to somebody, and what of it is set off. One query, and one for each currency."""
    rows = [Waiting(**row) for row in await ground.fetch(_WAITING, customer)]
    told = []
    for currency in sorted({row.currency for row in rows}):
        theirs = [row for row in rows if row.currency == currency]
        held = await balancing.held(kind="reward_available", owner=customer, currency=currency)
        debt = max(0, sum(row.cents for row in theirs) - held)
        told += [msgspec.structs.replace(theirs[0], debt_cents=debt), *theirs[1:]]
    return told


def _named(row: dict[str, Any]) -> dict[str, Any]:
    person = naming.take(row, as_="person")
    kept, address, seal = row.pop("address_key"), row.pop("address"), row.pop("address_sealed")
    told = entering.ADDRESS.tell(seal, address, key=personal.opened(kept, person=row["person_id"])) if address else ""
    return row | {"person": row.pop("person_id"), "name": person.shown, "email": person.email, "address": told}


def _theirs(row: dict[str, Any], customer: UUID) -> dict[str, Any]:
    kept, voucher, seal = row.pop("key_sealed"), row.pop("voucher"), row.pop("code_sealed")
    code = giving.CODE.tell(seal, voucher, key=personal.opened(kept, person=customer)) if voucher else ""
    return row | {"code": code}
