"""Value what waits for a person: what each side would be granted now, by the rules its friend was promised.

Nothing is written and nothing locked. Each is valued as if it were the only one: what is decided together is judged
once more, one after the other, so that limits and budgets hold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.rewards import attributing, knowing, owing
from leumund.rewards.attributing import Due
from leumund.rewards.judging import judging, units
from leumund.rewards.judging.facts import PERIODS, Earned, Facts, Party
from leumund.rewards.judging.judging import Judgement

_PENDING = f"""
SELECT w.referral, w.side, w.currency, sum({owing.LEFT})::bigint AS cents FROM reward w
WHERE w.referral = ANY ($1::uuid[]) AND w.state = 'pending' GROUP BY w.referral, w.side, w.currency
ORDER BY w.side, w.currency
"""  # noqa: S608 - ours alone


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """What one side would get, in minor units of ``currency``; points are a currency of their own."""

    side: str
    cents: int
    currency: str


async def of_referrals(*, waiting: Mapping[UUID, bool], at: datetime) -> dict[UUID, list[Value]]:
    """What approving each would bring; of one that was approved and is held, by its True, what is granted and waits.

    Three queries, and one more where a version asks for an age.
    """
    held = [referral for referral, is_held in waiting.items() if is_held]
    values: dict[UUID, list[Value]] = {referral: [] for referral in waiting}
    for row in await ground.fetch(_PENDING, held):
        values[row.pop("referral")].append(Value(**row))
    dues = await attributing.looked_at(referrals=[each for each in waiting if each not in set(held)])
    for referral, sums in (await _judged(dues, at)).items():
        values[referral] = _values(sums)
    return values


async def of_conversions(*, conversions: Sequence[UUID], at: datetime) -> dict[UUID, list[Value]]:
    """What granting each later order after all would bring. Two queries, and one more where an age is asked for."""
    dues = await attributing.looked_at(conversions=conversions)
    facts = await knowing.facts_of(dues=dues, at=at)
    return {
        due.conversion: _values(_sums(due, judging.judge(due.offer, known)))
        for due, known in zip(dues, facts, strict=True)
    }


def total(values: Iterable[Value]) -> list[tuple[int, str]]:
    """What ``values`` come to together, in each currency; pure."""
    sums: Counter[str] = Counter()
    for value in values:
        sums[value.currency] += value.cents
    return [(cents, currency) for currency, cents in sorted(sums.items())]


_Sums = Counter[tuple[str, str]]


async def _judged(dues: Sequence[Due], at: datetime) -> dict[UUID, _Sums]:
    """By referral what all of its events earn, each knowing what the ones before it would have been granted."""
    told: dict[UUID, _Sums] = {}
    granted: dict[UUID, list[Judgement]] = {}
    for due, facts in zip(dues, await knowing.facts_of(dues=dues, at=at), strict=True):
        before = granted.setdefault(due.referral, [])
        judged = [one for one in judging.judge(due.offer, _after(facts, before)) if one.passed]
        told.setdefault(due.referral, Counter()).update(_sums(due, judged))
        before += judged
    return told


def _sums(due: Due, judged: Iterable[Judgement]) -> _Sums:
    sums: _Sums = Counter()
    for one in judged:
        if one.passed:
            sums[one.rule.side, units.of(one.rule, due.offer)] += one.cents
    return sums


def _values(sums: _Sums) -> list[Value]:
    return [Value(side=side, cents=cents, currency=currency) for (side, currency), cents in sorted(sums.items())]


def _after(facts: Facts, granted: Sequence[Judgement]) -> Facts:
    """``facts`` as they are once ``granted`` was, a moment before."""
    if not granted:
        return facts
    return msgspec.structs.replace(
        facts,
        paid=Counter(facts.paid) + Counter(one.rule.key for one in granted),
        advocate=_richer(facts.advocate, [one for one in granted if one.rule.side == "advocate"]),
        friend=_richer(facts.friend, [one for one in granted if one.rule.side == "friend"]),
        program=_more(facts.program, granted),
    )


def _richer(party: Party, granted: Sequence[Judgement]) -> Party:
    reached = {one.rule.key for one in granted if one.rule.milestone is not None}
    return msgspec.structs.replace(
        party, earned=_more(party.earned, granted), milestones=party.milestones | frozenset(reached)
    )


def _more(earned: Mapping[str, Earned], granted: Sequence[Judgement]) -> Mapping[str, Earned]:
    cents = sum(one.cents for one in granted if not units.is_points(one.rule))
    return {
        per: Earned(had.cents + cents, had.rewards + len(granted))
        for per in PERIODS
        for had in (earned.get(per, Earned()),)
    }
