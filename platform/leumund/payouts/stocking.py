"""Stock a pool with codes: each is there once, whatever file it came in, and whoever waits gets theirs at once."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import free_text, ground, money, sealing, twins
from leumund.kit.faults import Refused, Unknown
from leumund.messages import alerting
from leumund.payouts import giving

LONGEST_NAME, LONGEST_CODE, MOST_CODES = 80, 100, 50_000
_OPEN = """
INSERT INTO voucher_pool (id, name, currency, cents, low_below, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (currency, cents) DO NOTHING
"""
_LOCK = "SELECT currency FROM voucher_pool WHERE id = $1 FOR NO KEY UPDATE"
_LAST = "SELECT coalesce(max(position), 0) AS position FROM voucher WHERE pool = $1"
_ADD = """
INSERT INTO voucher (id, pool, position, code_sealed, code_hash, expires_date, added_at)
SELECT id, $1, $2 + number, sealed, hash, expires_date, $3
FROM unnest($4::uuid[], $5::bytea[], $6::text[], $7::date[]) WITH ORDINALITY
    AS code (id, sealed, hash, expires_date, number)
ON CONFLICT (code_hash) DO NOTHING
"""
_LOW = """
SELECT p.id, p.low_below, count(v.id) AS left FROM voucher_pool p
LEFT JOIN voucher v ON v.pool = p.id AND v.payout IS NULL AND (v.expires_date IS NULL OR v.expires_date > $1)
WHERE p.told_at IS NULL GROUP BY p.id HAVING count(v.id) < p.low_below
"""


class PoolUnknown(Unknown):
    """There is no such pool."""


class PoolThere(Refused):
    """There is a pool of codes of this worth already."""


class NoName(Refused):
    """A pool without a name."""


class NoWorth(Refused):
    """Codes are worth something, in money there is."""


class NoCode(Refused):
    """Nothing, or something too long, where a code should be."""


class RealCode(NoCode):
    """A code that somebody could use, where it would be given away to try things out."""


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """One code as it was brought; of one that ``expires_date`` names, that is the last day on which it can be used."""

    code: str
    expires_date: date | None = None


class Stocked(msgspec.Struct, frozen=True, kw_only=True):
    """How many codes are new, how many were there before, and how many people got one at once."""

    added: int
    known: int
    given: int


async def open_pool(*, name: str, currency: str, cents: int, low_below: int, by: UUID, at: datetime) -> UUID:
    """A pool for codes worth ``cents`` each. Raises NoName, NoWorth, PoolThere, free_text.TooLong."""
    told = free_text.checked(name, field="name", most=LONGEST_NAME)
    if not told:
        raise NoName("errors.payouts.pool_name", field="name")
    if currency not in money.known() or not 0 < cents < 10**9:
        raise NoWorth("errors.payouts.pool_worth", field="cents")
    pool = uuid4()
    if not await ground.execute(_OPEN, pool, told, currency, cents, max(0, low_below), at, by):
        raise PoolThere("errors.payouts.pool_there", field="cents")
    detail = {"cents": cents, "currency": currency}
    await noting.note(actor=f"staff:{by}", action="voucher_pool.opened", subject=pool, detail=detail, at=at)
    return pool


async def stock(*, pool: UUID, codes: Sequence[Code], by: UUID, at: datetime) -> Stocked:
    """Add ``codes`` in their order, and give them to whoever waits. Raises PoolUnknown, NoCode, RealCode."""
    found = await ground.fetch(_LOCK, pool)
    if not found:
        raise PoolUnknown("errors.payouts.pool_unknown")
    texts = [code.code.strip() for code in codes]
    if not texts or len(texts) > MOST_CODES or not all(0 < len(text) <= LONGEST_CODE for text in texts):
        raise NoCode("errors.payouts.no_code", field="file", most=MOST_CODES)
    if ground.current().is_twin and not all(text.startswith(twins.CODES) for text in texts):
        raise RealCode("errors.payouts.real_code", field="file", begins=twins.CODES)
    last, ids = (await ground.fetch(_LAST, pool))[0]["position"], [uuid4() for _ in codes]
    seals = [giving.CODE.seal(text, row) for text, row in zip(texts, ids, strict=True)]
    hashes = [sealing.keyed_hash("voucher", text) for text in texts]
    days = [code.expires_date for code in codes]
    added = await ground.execute(_ADD, pool, last, at, ids, seals, hashes, days)
    await ground.execute("UPDATE voucher_pool SET told_at = NULL WHERE id = $1", pool)
    given = await giving.give(currency=found[0]["currency"], at=at)
    detail = {"added": added, "known": len(codes) - added}
    await noting.note(actor=f"staff:{by}", action="voucher_pool.stocked", subject=pool, detail=detail, at=at)
    return Stocked(added=added, known=len(codes) - added, given=given)


async def warn(*, at: datetime) -> int:
    """Tell whoever prepares payouts of pools that run low, once until codes come; of how many."""
    low = [row["id"] for row in await ground.fetch(_LOW, at.date())]
    if low:
        await ground.execute("UPDATE voucher_pool SET told_at = $2 WHERE id = ANY ($1)", low, at)
        await alerting.alert(kind="vouchers_low", right="payouts.prepare", at=at)
    return len(low)
