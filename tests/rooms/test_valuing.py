"""What waits says what approving it would bring: the sums that it then brings."""

from collections import Counter
from uuid import UUID, uuid4

import pytest

from leumund.kit import ground
from leumund.programs.offers import Cap, Rule
from leumund.rewards import doubting, queueing, reviewing, valuing, waiving
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.promising import BERT, LATER, SHARE, back, buys, promised

WELCOME = Rule(key="welcome", side="friend", kind="points", cents=300, most_times=2)
FIRST = Rule(key="first", side="friend", kind="voucher", cents=2500)
SECOND = Rule(key="second", side="advocate", kind="cash", cents=8000, from_count=2, most_times=None)
MILESTONE = Rule(key="mile", side="advocate", kind="cash", cents=9000, milestone=2)
LOOKED_AT = {"review_above_cents": 1}
PROGRAMS = {
    "shares, points and a voucher": ([SHARE, WELCOME, FIRST], {}),
    "a tier and a milestone": ([SHARE, SECOND, MILESTONE], {}),
    "a person's limit on money": ([SHARE, FIRST], {"caps": [Cap(scope="person", per="month", most_cents=1500)]}),
    "a program's limit on rewards": ([SHARE, FIRST], {"caps": [Cap(scope="program", per="ever", most_rewards=3)]}),
    "an age that nobody told": ([SHARE], {"minimum_age": 18}),
}


async def granted() -> Counter[tuple[UUID, str, str]]:
    sums: Counter[tuple[UUID, str, str]] = Counter()
    for row in await ground.fetch("SELECT referral, side, currency, cents FROM reward"):
        sums[row["referral"], row["side"], row["currency"]] += row["cents"]
    return sums


async def worth() -> dict[UUID, list[valuing.Value]]:
    rows = (await queueing.queue(order="oldest")).rows
    return await valuing.of_referrals(waiting={each.id: each.held for each in rows}, at=LATER)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("program", PROGRAMS)
async def test_each_is_worth_what_approving_it_brings(program: str):
    rules, told = PROGRAMS[program]
    code = await promised(rules, **LOOKED_AT, **told)
    for name in ("bert", "clara", "dora"):
        email = f"{name}@people.example"
        await whole.friend(code, email, at=NOON)
        for number, cents in enumerate((12_000, 30_000)):
            await buys(f"{name}-{number}", cents, email=email)
    await back("clara-1", 20_000, told_as="R-1")
    for referral in [each.id for each in (await queueing.queue(order="oldest")).rows]:
        before, valued = await granted(), (await worth())[referral]
        expected = Counter({(referral, each.side, each.currency): each.cents for each in valued})
        try:
            await reviewing.approve(referral=referral, by=uuid4(), at=LATER)
        except reviewing.NothingToGrant:
            assert valued == []
        assert await granted() - before == expected


@pytest.mark.usefixtures("inside")
async def test_one_that_was_approved_and_is_held_is_worth_what_waits_of_it():
    await whole.friend(await promised([SHARE, FIRST]), BERT, at=NOON)
    bought = await buys("A-1")
    assert bought.referral is not None
    await ground.execute("INSERT INTO review_hold (referral, held_at) VALUES ($1, $2)", bought.referral, NOON)
    await back("A-1", 4000, told_as="R-1")
    values = (await worth())[bought.referral]
    assert [(each.side, each.cents) for each in values] == [("advocate", 600), ("friend", 2500)]
    assert valuing.total(values) == [(3100, "EUR")]


@pytest.mark.usefixtures("inside")
async def test_a_later_order_in_doubt_is_worth_what_is_left_of_it():
    await whole.friend(await promised([SHARE, WELCOME]), BERT, at=NOON)
    await buys("A-1")
    await ground.execute("UPDATE program SET review_above_cents = 1")
    waits = await buys("A-2", 30_000)
    await back("A-2", 10_000, told_as="R-1")
    (doubt,) = (await doubting.doubts(at=LATER)).rows
    assert [(each.side, each.cents, each.currency) for each in doubt.worth] == [
        ("advocate", 2000, "EUR"),
        ("friend", 300, "PTS"),
    ]
    await waiving.grant_after_all(conversion=waits.conversion, by=uuid4(), at=LATER)
    sums = {key[1:]: cents for key, cents in (await granted()).items()}
    assert sums == {("advocate", "EUR"): 3000, ("friend", "PTS"): 600}
