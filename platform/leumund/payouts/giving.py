"""Give codes of the company's pools: each once, in the order in which people waited and codes came.

Whoever waits while a pool is empty keeps their place. A code lies under the company's key, and under the person's own
from the moment it is theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from leumund.company import describing
from leumund.kit import ground, personal
from leumund.kit.sealing import Column
from leumund.payouts import setting, settling, withdrawing
from leumund.payouts.carrying import Carried

CODE = Column("voucher", "code_sealed")
NO_CODE = "no_code"
_POOLS = "SELECT id, cents FROM voucher_pool WHERE currency = $1"
_WAITING = """
SELECT p.id, p.cents, p.beneficiary FROM payout p
WHERE p.way = 'voucher' AND p.currency = $1 AND p.state = 'submitted'
ORDER BY p.created_at, p.id
"""
_CODES = """
SELECT id, code_sealed FROM voucher
WHERE pool = $1 AND payout IS NULL AND (expires_date IS NULL OR expires_date > $2) ORDER BY position LIMIT $3
"""
_GIVE = """
UPDATE voucher SET payout = given.payout, given_at = $4, code_sealed = given.sealed
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS given (id, payout, sealed)
WHERE voucher.id = given.id AND voucher.payout IS NULL
"""
_SAY_WAITING = "UPDATE payout SET reason = $2 WHERE id = ANY ($1) AND state = 'submitted' AND reason <> $2"


def left(currency: str, cents: str) -> str:
    """The condition that a code is left of the worth in these two places of a query."""
    return (
        "EXISTS (SELECT FROM voucher_pool p JOIN voucher v ON v.pool = p.id AND v.payout IS NULL"
        f" AND (v.expires_date IS NULL OR v.expires_date > current_date) WHERE p.currency = {currency}"
        f" AND p.cents = {cents})"
    )


async def give(*, currency: str, at: datetime) -> int:
    """Give everybody who waits for a code of ``currency`` one of its worth, as far as they reach; how many got one.

    Of two who give at once, or give and stock, the second sees what the first did: what is sent while codes come finds
    them, whichever was first. Nobody gets one for an order that was given back while they waited.
    """
    await setting.lock()
    await withdrawing.withdraw_waiting(currency=currency, at=at)
    zone = ZoneInfo((await describing.profile()).time_zone)
    pools = {row["cents"]: row["id"] for row in await ground.fetch(_POOLS, currency)}
    waiting = await ground.fetch(_WAITING, currency)
    given: list[UUID] = []
    for cents, pool in sorted(pools.items()):
        theirs = [row for row in waiting if row["cents"] == cents]
        codes = await ground.fetch(_CODES, pool, at.astimezone(zone).date(), len(theirs))
        given += await _hand_over(list(zip(theirs, codes, strict=False)), at)
    await settling.move(payouts=given, to="confirmed", carried=Carried(state="confirmed"), at=at)
    short = [row["id"] for row in waiting if row["id"] not in set(given)]
    await ground.execute(_SAY_WAITING, short, NO_CODE)
    return len(given)


async def _hand_over(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], at: datetime) -> list[UUID]:
    """Give each code to its payout; of whom nobody has a key any more, nobody could read it."""
    keys = await personal.keys(people=[payout["beneficiary"] for payout, _ in pairs])
    handed = [
        (code["id"], payout["id"], CODE.seal(CODE.unseal(code["code_sealed"], code["id"]), code["id"], key=key))
        for payout, code in pairs
        if (key := keys.get(payout["beneficiary"])) is not None
    ]
    if handed:
        await ground.execute(_GIVE, *(list(part) for part in zip(*handed, strict=True)), at)
    return [payout for _, payout, _ in handed]
