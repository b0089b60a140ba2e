"""Whoever wants more than is due gets what is due: parts that come back at odd moments, orders told of otherwise."""

from uuid import uuid4

import pytest

from leumund.kit import ground
from leumund.payouts import approving, batching, collecting
from leumund.programs.offers import Rule
from leumund.rewards import doubting, ordering, recognising, releasing, reviewing, waiving
from leumund.rewards.refusing import Refusal
from tests.conftest import NOON
from tests.rooms import paying, whole
from tests.rooms.promising import BERT, LATER, SHARE, back, buys, owed, promised

pytestmark = pytest.mark.usefixtures("inside")
BASE = Rule(key="base", side="advocate", kind="cash", cents=1000)
SECOND = Rule(key="second", side="advocate", kind="cash", cents=7000, milestone=2)


async def test_what_comes_back_while_a_referral_is_reviewed_earns_nothing():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    large = await buys("A-1", 600_000)
    await back("A-1", 590_000, told_as="R-1")
    assert large.referral is not None
    await reviewing.approve(referral=large.referral, by=uuid4(), at=LATER)
    assert await owed() == [1000]
    await back("A-1", 5000, told_as="R-2")
    assert await owed() == [500]


async def test_what_comes_back_while_an_order_is_in_doubt_earns_nothing():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    await buys("A-1", 10_000)
    waits = await buys("A-2", 600_000)
    await back("A-2", 590_000, told_as="R-1")
    await waiving.grant_after_all(conversion=waits.conversion, by=uuid4(), at=LATER)
    assert await owed() == [1000, 1000]
    none_left = await buys("A-3", 600_000)
    await back("A-3", 598_001, told_as="R-1")
    with pytest.raises(waiving.NothingToGrant):
        await waiving.grant_after_all(conversion=none_left.conversion, by=uuid4(), at=LATER)


async def test_what_came_back_before_somebody_says_who_recommended_them_earns_nothing():
    code = await promised([SHARE])
    bert = await whole.person(BERT, at=NOON)
    await buys("A-1", 40_000)
    await back("A-1", 38_001, told_as="R-1")
    await buys("A-2", 40_000)
    await back("A-2", 30_000, told_as="R-1")
    await recognising.choose(customer=bert, code=code, at=LATER)
    assert await owed() == [1000]


async def test_orders_that_came_back_are_no_step_to_the_third_one():
    third = Rule(key="third", side="advocate", kind="cash", cents=3000, nth=3, minimum_order_cents=2000)
    await whole.friend(await promised([third]), BERT, at=NOON)
    await buys("A-1")
    await buys("A-2")
    await back("A-1")
    await back("A-2", 9000, told_as="R-1")
    for order, rewards in (("A-3", 0), ("A-4", 0), ("A-5", 1), ("A-6", 0)):
        assert len((await buys(order)).rewards) == rewards, order


async def test_a_later_order_is_granted_to_nobody_once_the_referral_was_refused():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    first, waits = await buys("A-1", 10_000), await buys("A-2", 600_000)
    assert first.referral is not None
    await ground.execute("INSERT INTO review_hold (referral, held_at) VALUES ($1, $2)", first.referral, NOON)
    await reviewing.refuse(referral=first.referral, refusal=Refusal(category="terms"), by=uuid4(), at=LATER)
    assert (await doubting.doubts(at=NOON)).rows == []
    with pytest.raises(waiving.NotInDoubt):
        await waiving.grant_after_all(conversion=waits.conversion, by=uuid4(), at=LATER)
    assert await owed() == []


async def test_a_milestone_in_doubt_is_paid_to_nobody_before_a_person_has_looked():
    code = await promised([BASE, SECOND])
    for name in ("bert", "clara"):
        await whole.friend(code, f"{name}@people.example", at=NOON)
        await buys(name, email=f"{name}@people.example")
    for row in await ground.fetch("SELECT id FROM reward"):
        await releasing.release(reward=row["id"], at=LATER)
    drafted = await batching.draft(way="manual", currency="EUR", by=uuid4(), at=LATER)
    assert await paying.total(drafted) == 9000
    await back("bert")
    # Both are in the one payout of their advocate.
    assert await approving.approve(batch=drafted, seen_cents=9000, by=uuid4(), at=LATER) == "changed"
    due = await collecting.due(way="manual", currency="EUR", at=LATER)
    assert (due.cents, due.waits) == (1000, {"doubt": 1})
    (doubt,) = (await doubting.doubts(at=NOON)).rows
    await waiving.take_back(reward=doubt.id, by=uuid4(), at=LATER, why="terms")
    assert (await collecting.due(way="manual", currency="EUR", at=LATER)).cents == 1000
    assert await owed() == [1000]


async def test_a_part_that_comes_back_after_the_draft_takes_the_payout_out_of_it():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    (reward,) = (await buys("A-1", 10_000)).rewards
    await releasing.release(reward=reward, at=LATER)
    drafted = await batching.draft(way="manual", currency="EUR", by=uuid4(), at=LATER)
    await back("A-1", 5000, told_as="R-1")
    assert await approving.approve(batch=drafted, seen_cents=1000, by=uuid4(), at=LATER) == "changed"
    assert await paying.total(await paying.sent()) == 500
    assert await paying.held("reward_available") == 0


async def test_an_order_that_is_written_otherwise_is_the_same_order():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    first = (await buys("Übung 1")).conversion
    for written in ("Übung 1 ", "\u00a0Übung  1", "U\u0308bung 1", "Übung\u200b 1", "\u2066Übung\u00a01\u2069"):
        assert (await buys(written)).conversion == first, ascii(written)
    assert await owed() == [1000]
    for written in ("R-1", " R-1", "R-1\u200b"):
        assert (await back(" Übung 1", 5000, told_as=written)).conversion == first
    assert await owed() == [500]
    assert (await buys("übung 1")).conversion != first, "numbers of some shops differ by a capital alone"
    with pytest.raises(ordering.NoOrderName):
        await buys("\u200b ")


async def test_a_later_order_that_was_denied_stays_denied_when_its_referral_is_decided_anew():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    first, waits = await buys("A-1", 10_000), await buys("A-2", 600_000)
    assert first.referral is not None
    await waiving.let_be(conversion=waits.conversion, by=uuid4(), at=LATER, why="order")
    await ground.execute("INSERT INTO review_hold (referral, held_at) VALUES ($1, $2)", first.referral, NOON)
    await reviewing.refuse(referral=first.referral, refusal=Refusal(category="terms"), by=uuid4(), at=LATER)
    await reviewing.reopen(referral=first.referral, by=uuid4(), at=LATER)
    await reviewing.approve(referral=first.referral, by=uuid4(), at=LATER)
    assert await owed() == [1000]
