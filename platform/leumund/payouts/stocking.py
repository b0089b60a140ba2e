"""Stock a pool with codes: each is there once, whatever file it came in, and whoever waits gets theirs at once."""

from collections.abc import Sequence
from datetime import date, datetime
from secrets import token_hex
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import free_text, ground, money, sealing, twins
from leumund.kit.faults import Refused, Unknown
from leumund.messages import alerting
from leumund.payouts import counting, giving, setting

LONGEST_NAME, LONGEST_CODE, MOST_CODES = 80, 100, 50_000
# So many codes are made up at a time.
INVENTED = 100
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
"""
_THERE = """
SELECT v.code_hash, v.pool, v.payout IS NOT NULL AS given, p.name FROM voucher v JOIN voucher_pool p ON p.id = v.pool
WHERE v.code_hash = ANY ($1)
"""
_ELSEWHERE = """
SELECT ARRAY(SELECT voucher_code FROM reward WHERE voucher_code = ANY ($1)) AS drawn,
       ($2 AT TIME ZONE (SELECT time_zone FROM company_profile))::date AS today
"""
_TELL = "UPDATE voucher_pool SET told_at = $2 WHERE id = ANY ($1)"
_TELL_OF_NONE = "UPDATE payout_setting SET codes_told_at = $1 WHERE codes_told_at IS NULL OR codes_told_at < $1"


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


class OnlyInTwin(Unknown):
    """Where people are owed something, codes are not made up."""


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """One code as it was brought in its ``line``; of one that ``expires_date`` names, that is its last day of use."""

    code: str
    expires_date: date | None = None
    line: int = 0


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was not taken: ``twice`` in the file, ``here`` before, in another ``pool``, ``used``, or ``over``."""

    line: int
    why: str
    pool: str = ""


class Stocked(msgspec.Struct, frozen=True, kw_only=True):
    """How many codes are new, how many people got one at once, and what was left out."""

    added: int
    given: int
    left_out: list[LeftOut]


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
    """Add ``codes`` in their order, and give them to whoever waits; what cannot be used is left out and told.

    A dozen queries, however many there are. Raises PoolUnknown, NoCode, RealCode.
    """
    # Whoever gives takes this lock first as well: of two who stock two pools, none waits for the other in a circle.
    await setting.lock()
    found = await ground.fetch(_LOCK, pool)
    if not found:
        raise PoolUnknown("errors.payouts.pool_unknown")
    texts = [code.code.strip() for code in codes]
    if not texts or len(texts) > MOST_CODES or not all(0 < len(text) <= LONGEST_CODE for text in texts):
        raise NoCode("errors.payouts.no_code", field="file", most=MOST_CODES)
    if not all(text.startswith(twins.mark()) for text in texts):
        raise RealCode("errors.payouts.real_code", field="file", begins=twins.MARK)
    hashes = [sealing.keyed_hash("voucher", text) for text in texts]
    left_out = await _left_out(pool, codes, texts, hashes, at)
    gone = {each.line for each in left_out}
    lines = enumerate(zip(codes, texts, hashes, strict=True), start=1)
    await _add(pool, [each for place, each in lines if (each[0].line or place) not in gone], at)
    await ground.execute("UPDATE voucher_pool SET told_at = NULL WHERE id = $1", pool)
    given = await giving.give(currency=found[0]["currency"], at=at)
    added = len(codes) - len(left_out)
    detail = {"added": added, "known": len(left_out)}
    await noting.note(actor=f"staff:{by}", action="voucher_pool.stocked", subject=pool, detail=detail, at=at)
    return Stocked(added=added, given=given, left_out=left_out)


async def invent(*, pool: UUID, by: UUID, at: datetime) -> Stocked:
    """Fill a test company's pool with codes that are worth nothing. Raises PoolUnknown, OnlyInTwin."""
    if not ground.current().is_twin:
        raise OnlyInTwin("errors.payouts.pool_unknown")
    codes = [Code(code=f"{twins.MARK}{token_hex(6).upper()}") for _ in range(INVENTED)]
    return await stock(pool=pool, codes=codes, by=by, at=at)


async def _left_out(
    pool: UUID, codes: Sequence[Code], texts: Sequence[str], hashes: Sequence[str], at: datetime
) -> list[LeftOut]:
    """What of ``codes`` cannot be used, in their order. Two queries."""
    there = {row["code_hash"]: row for row in await ground.fetch(_THERE, hashes)}
    known = await ground.fetch(_ELSEWHERE, texts, at)
    drawn, today = set(known[0]["drawn"]), known[0]["today"]
    seen: set[str] = set()
    told = []
    for place, (code, text, hashed) in enumerate(zip(codes, texts, hashes, strict=True), start=1):
        before = there.get(hashed)
        why = ""
        if hashed in seen:
            why = "twice"
        elif before is not None:
            why = "used" if before["given"] else "here" if before["pool"] == pool else "pool"
        elif text in drawn:
            why = "used"
        elif code.expires_date is not None and code.expires_date <= today:
            why = "over"
        seen.add(hashed)
        if why:
            told.append(LeftOut(line=code.line or place, why=why, pool=before["name"] if before else ""))
    return told


async def _add(pool: UUID, lines: Sequence[tuple[Code, str, str]], at: datetime) -> None:
    if not lines:
        return
    last, ids = (await ground.fetch(_LAST, pool))[0]["position"], [uuid4() for _ in lines]
    seals = [giving.CODE.seal(text, row) for (_, text, _), row in zip(lines, ids, strict=True)]
    hashes, days = [hashed for _, _, hashed in lines], [code.expires_date for code, _, _ in lines]
    await ground.execute(_ADD, pool, last, at, ids, seals, hashes, days)


async def warn(*, at: datetime) -> int:
    """Tell whoever prepares payouts of worths whose codes run low or that have no pool; of how many.

    Once until codes come, or another worth is wanted.
    """
    low = await counting.low(at=at)
    if not low:
        return 0
    await setting.lock()
    told = (await ground.fetch("SELECT codes_told_at FROM payout_setting"))[0]["codes_told_at"]
    pools = [each.pool for each in low if each.pool and each.told_at is None]
    without = [each for each in low if each.pool is None and (told is None or (each.since and each.since > told))]
    if pools:
        await ground.execute(_TELL, pools, at)
    if without:
        await ground.execute(_TELL_OF_NONE, at)
    if pools or without:
        await alerting.alert(kind="vouchers_low", right="payouts.prepare", at=at)
    return len(pools) + len(without)
