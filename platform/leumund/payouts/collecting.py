"""Collect what is due: the approved rewards of each person in one currency become payouts by one way.

Nobody is paid whose data rest, and nobody who is gone, nor anything a person has to look at first. Whoever is about to
go is: what is owed to them is what keeps them here (A150), and a debt that is never paid would keep them for ever.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leumund.company import describing
from leumund.kit import ground
from leumund.ledger import balancing
from leumund.payouts import reckoning, rules, setting
from leumund.payouts.reckoning import Claim, Item, Standing, Waits

Reason = Waits | Literal["held", "gone", "no_account", "no_address", "not_onboarded", "doubt"]
# A batch has at most so many payouts; what is left comes with the next one.
MOST_PEOPLE = 10_000
# What has to be known of somebody before they can be paid by a way.
READY: Mapping[str, tuple[str, Reason]] = {
    "sepa": ("EXISTS (SELECT FROM payout_account a WHERE a.customer = w.beneficiary)", "no_account"),
    "stripe_transfer": (
        "EXISTS (SELECT FROM stripe_recipient s WHERE s.customer = w.beneficiary AND s.state = 'active')",
        "not_onboarded",
    ),
    "goods": ("EXISTS (SELECT FROM payout_address a WHERE a.customer = w.beneficiary)", "no_address"),
}
# What a reward is worth by now: a part of its order may have been given back.
OWED = "(w.cents - coalesce((SELECT sum(r.cents)::bigint FROM reward_reduction r WHERE r.reward = w.id), 0))"
_DUE = """
SELECT w.id, w.beneficiary, w.kind, w.currency, {owed} AS cents, c.held, w.doubt IS NOT NULL AS doubted,
       {ready} AS ready
FROM reward w JOIN customer c ON c.id = w.beneficiary
WHERE w.state IN ('approved', 'failed') AND w.voucher_code IS NULL AND w.currency = $1 AND w.kind = ANY ($2)
  AND {owed} > 0
ORDER BY w.beneficiary, w.granted_at, w.id
"""
_WAITING = f"""
SELECT w.beneficiary, sum({OWED})::bigint AS cents FROM reward w
WHERE w.state IN ('approved', 'failed') AND w.currency = $1 AND w.beneficiary = ANY ($2) GROUP BY w.beneficiary
"""  # noqa: S608 - ours alone
_YEAR = """
SELECT beneficiary, sum(cents)::bigint AS cents FROM payout
WHERE stands AND currency = $1 AND beneficiary = ANY ($2) AND created_at >= $3 GROUP BY beneficiary
"""
_KINDS = "SELECT DISTINCT kind, currency FROM reward WHERE state IN ('approved', 'failed') AND voucher_code IS NULL"


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A payout to be made: what each reward of one person brings to it."""

    beneficiary: UUID
    items: list[Item]

    @property
    def cents(self) -> int:
        return sum(item.cents for item in self.items)


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is due by one way in one currency, and how many people wait for which reason."""

    way: str
    currency: str
    planned: list[Planned]
    waits: Mapping[Reason, int]

    @property
    def cents(self) -> int:
        return sum(each.cents for each in self.planned)


async def everything(*, at: datetime) -> list[Due]:
    """What is due by every way in every currency, where anything waits. Six queries for each pair of them."""
    directed, found = await setting.ways(), set()
    for row in await ground.fetch(_KINDS):
        if rules.fits(directed[row["kind"]], row["currency"]):
            found.add((directed[row["kind"]], row["currency"]))
    return [await due(way=way, currency=currency, at=at) for way, currency in sorted(found)]


async def due(*, way: str, currency: str, at: datetime, lock: bool = False) -> Due:
    """What is due by ``way`` in ``currency``; with ``lock`` nobody moves those rewards meanwhile. Six queries."""
    if not rules.fits(way, currency):
        return Due(way=way, currency=currency, planned=[], waits={})
    kinds = [kind for kind, directed in (await setting.ways()).items() if directed == way]
    ready, missing = READY.get(way, ("true", "held"))
    statement = _DUE.format(ready=ready, owed=OWED) + (" FOR NO KEY UPDATE OF w" if lock else "")
    waits: Counter[Reason] = Counter()
    claims: dict[UUID, list[Claim]] = defaultdict(list)
    unready: dict[UUID, Reason] = {}
    for row in await ground.fetch(statement, currency, kinds):
        reason = _unready(row, missing)
        if reason is None:
            claims[row["beneficiary"]].append(Claim(row["id"], row["cents"]))
        else:
            unready[row["beneficiary"]] = reason
    waits.update(unready.values())
    planned = []
    limit, standings = await setting.limit(currency=currency), await _standings(list(claims), currency, at)
    for person, theirs in claims.items():
        reckoned = reckoning.reckon(theirs, standings[person], limit, whole=way in rules.WHOLE)
        planned += [Planned(beneficiary=person, items=items) for items in reckoned.payouts]
        if reckoned.waits is not None:
            waits[reckoned.waits] += 1
    return Due(way=way, currency=currency, planned=planned[:MOST_PEOPLE], waits=waits)


def _unready(row: Mapping[str, Any], missing: Reason) -> Reason | None:
    if row["held"] == "erased":
        return "gone"
    if row["held"] == "restriction":
        return "held"
    if row["doubted"]:
        return "doubt"
    return None if row["ready"] else missing


async def _standings(people: Sequence[UUID], currency: str, at: datetime) -> Mapping[UUID, Standing]:
    """How each of ``people`` stands: what the ledger holds for them beside what they wait for."""
    zone = ZoneInfo((await describing.profile()).time_zone)
    year = at.astimezone(zone).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    held = await balancing.held_each(kind="reward_available", owners=people, currency=currency)
    waiting, paid = [
        {row["beneficiary"]: row["cents"] for row in rows}
        for rows in (
            await ground.fetch(_WAITING, currency, people),
            await ground.fetch(_YEAR, currency, people, year),
        )
    ]
    return {
        person: Standing(
            held_cents=held.get(person, 0), waiting_cents=waiting.get(person, 0), year_cents=paid.get(person, 0)
        )
        for person in people
    }
