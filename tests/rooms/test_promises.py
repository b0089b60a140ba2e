"""What was promised is earned: shares, tiers, milestones, points, sign-ups, and what a refund leaves of them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from leumund.kit import ground
from leumund.ledger import balancing
from leumund.programs.offers import Cap, Rule
from leumund.rewards import deciding, doubting, queueing, refunding, releasing, reminding, reviewing, waiving, welcoming
from tests.conftest import NOON
from tests.rooms import caring, whole
from tests.rooms.promising import BERT, LATER, SHARE, back, buys, held, owed, promised

pytestmark = pytest.mark.usefixtures("inside")


async def test_every_purchase_of_a_friend_earns_its_share_of_the_same_referral():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    told = [await buys("A-1", 10_000), await buys("A-2", 1999), await buys("A-3", 90_000)]
    assert [len(one.rewards) for one in told] == [1, 0, 1]
    assert told[0].referral == told[2].referral
    assert await owed() == [1000, 5000]


async def test_a_part_given_back_leaves_what_the_rest_earns_before_and_after_the_release():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    (reward,) = (await buys("A-1", 10_000)).rewards
    for _ in range(2):
        assert (await back("A-1", 2500, told_as="R-1")).reduced == [reward]
    assert (await owed(), await held("reward_pending"), await held("program_budget")) == ([750], 750, -750)
    await releasing.release(reward=reward, at=LATER)
    await back("A-1", 2500, told_as="R-2")
    assert (await owed(), await held("reward_available"), await held("clawback")) == ([500], 500, 250)
    last = await back("A-1", 4999, told_as="R-3")
    # What is left of the order is below the rule's minimum.
    assert (last.clawed_back, last.refunded_at, last.referral_state) == ([reward], None, "approved")
    assert (await owed(), await held("reward_available")) == ([], 0)
    assert (await back("A-1")).referral_state == "voided"


async def test_a_refund_told_before_its_order_ends_as_one_told_after_it():
    code = await promised([SHARE])
    await whole.friend(code, BERT, at=NOON)
    assert (await back("A-1", 4000, told_as="R-1")).conversion is None
    assert len((await buys("A-1", 10_000)).rewards) == 1
    assert await owed() == [600]
    await back("A-2")
    whole_back = await buys("A-2", 50_000)
    assert len(whole_back.rewards) == 1, "granted and canceled, as its postings say"
    assert await owed() == [600]


async def test_a_refund_with_another_sum_or_without_a_name_is_refused_and_changes_nothing():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    await buys("A-1", 10_000)
    await back("A-1", 1000, told_as="R-1")
    for cents, told_as, fault in (
        (2000, "R-1", refunding.RefundReused),
        (2000, "", refunding.RefundUnnamed),
        (0, "R-2", refunding.NothingGivenBack),
    ):
        with pytest.raises(fault):
            await back("A-1", cents, told_as=told_as)
    assert await owed() == [900]


async def test_a_sign_up_and_an_event_earn_and_points_are_no_money():
    code = await promised(
        [
            Rule(key="welcome", side="friend", kind="voucher", trigger="sign_up", cents=500),
            Rule(key="drive", side="advocate", kind="points", trigger="event", event_key="test-drive", cents=120),
        ]
    )
    await whole.friend(code, BERT, at=NOON)
    (referral,) = await ground.fetch("SELECT id FROM referral")
    for _ in range(2):
        await welcoming.welcome(referral=referral["id"], at=NOON)
    await buys("V-1", 0, event="test-drive")
    await buys("V-1", 0, event="brochure")
    assert await owed() == [120, 500]
    assert (await held("reward_pending"), await held("reward_pending", "PTS")) == (500, 120)
    assert await balancing.totals() == {"EUR": 0, "PTS": 0}


async def test_a_milestone_is_reached_once_and_a_person_looks_when_it_is_lost():
    once = Rule(key="base", side="advocate", kind="cash", cents=1000)
    second = Rule(key="second", side="advocate", kind="cash", cents=7000, milestone=2)
    code = await promised([once, second])
    for name in ("bert", "clara", "dora"):
        await whole.friend(code, f"{name}@people.example", at=NOON)
        await buys(name, email=f"{name}@people.example")
    assert await owed() == [1000, 1000, 1000, 7000]
    await back("bert")
    assert await owed() == [1000, 1000, 7000], "there are two still"
    await back("clara")
    (doubted,) = await ground.fetch("SELECT id, state FROM reward WHERE doubt = 'milestone_lost'")
    (doubt,) = (await doubting.doubts(at=NOON)).rows
    assert (doubt.id, doubt.what, [each.cents for each in doubt.worth]) == (doubted["id"], "reward", [7000])
    await releasing.release(reward=doubted["id"], at=LATER)
    assert await ground.fetch("SELECT state FROM reward WHERE id = $1", doubted["id"]) == [{"state": "pending"}]
    await waiving.take_back(reward=doubted["id"], by=uuid4(), at=LATER, why="terms")
    with pytest.raises(waiving.NotInDoubt):
        await waiving.keep(reward=doubted["id"], by=uuid4(), at=LATER)
    assert await owed() == [1000]


async def test_a_tier_replaces_from_the_advocates_second_friend_on_and_a_cap_cuts():
    base = Rule(key="base", side="advocate", kind="cash", cents=1000)
    better = Rule(key="better", side="advocate", kind="cash", cents=3000, from_count=2)
    code = await promised([base, better], caps=[Cap(scope="person", per="tax_year", most_cents=5500)])
    for name in ("bert", "clara", "dora"):
        await whole.friend(code, f"{name}@people.example", at=NOON)
        await buys(name, email=f"{name}@people.example")
    assert await owed() == [1000, 1500, 3000]
    said = await ground.fetch(
        "SELECT u.key, j.reason FROM judgement j JOIN reward_rule u ON u.id = j.rule "
        "JOIN conversion c ON c.id = j.conversion WHERE c.order_id = 'dora' ORDER BY u.key"
    )
    assert [(row["key"], row["reason"]) for row in said] == [("base", "outranked"), ("better", "cut")]


async def test_a_later_purchase_the_budget_does_not_reach_for_waits_for_a_person():
    await whole.friend(await promised([SHARE], budget_cents=5500), BERT, at=NOON)
    await buys("A-1", 90_000)
    waits = await buys("A-2", 10_000)
    assert (waits.doubt, waits.rewards, waits.referral_state) == ("budget", [], "approved")
    with pytest.raises(waiving.BudgetTooSmall):
        await waiving.grant_after_all(conversion=waits.conversion, by=uuid4(), at=NOON)
    await back("A-1", 80_000, told_as="R-1")
    assert len(await waiving.grant_after_all(conversion=waits.conversion, by=uuid4(), at=LATER)) == 1
    with pytest.raises(waiving.NotInDoubt):
        await waiving.let_be(conversion=waits.conversion, by=uuid4(), at=LATER, why="terms")
    assert await owed() == [1000, 1000]


async def test_a_later_purchase_above_the_limit_for_four_eyes_is_granted_by_the_second_member_and_told_with_its_worth():
    await whole.friend(await promised([SHARE], four_eyes_above_cents=500_000), BERT, at=NOON)
    await buys("A-1", 10_000)
    waits, anna, olivia = await buys("A-2", 600_000), uuid4(), uuid4()
    (doubt,) = (await doubting.doubts(at=NOON)).rows
    assert (doubt.id, doubt.doubt, [each.cents for each in doubt.worth]) == (waits.conversion, "large_order", [5000])
    assert (doubt.needs_two, doubt.approved) == (True, False)
    assert await waiving.grant_after_all(conversion=waits.conversion, by=anna, at=NOON) == []
    with pytest.raises(deciding.ApprovedAlready):
        await waiving.grant_after_all(conversion=waits.conversion, by=anna, at=NOON)
    assert await owed() == [1000]
    assert [each.approved for each in (await doubting.doubts(at=NOON)).rows] == [True]
    assert len(await waiving.grant_after_all(conversion=waits.conversion, by=olivia, at=NOON)) == 1
    assert (await owed(), (await doubting.doubts(at=NOON)).rows) == ([1000, 5000], [])


async def test_what_is_bought_while_a_referral_is_reviewed_is_granted_with_it():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    large = await buys("A-1", 600_000)
    assert (await buys("A-2", 10_000)).rewards == []
    assert large.referral is not None
    await reviewing.approve(referral=large.referral, by=uuid4(), at=NOON)
    assert await owed() == [1000, 5000]


async def test_what_is_in_doubt_is_counted_and_its_deciders_are_reminded_as_of_the_queue():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    await buys("A-1", 10_000)
    await caring.member("Marta", role="owner")
    assert (await doubting.all_waiting(), await reminding.remind(at=LATER)) == (0, 0)
    waits = await buys("A-2", 600_000)
    assert (await queueing.waiting(), await doubting.count(), await doubting.all_waiting()) == (0, 1, 1)
    assert await reminding.remind(at=NOON + timedelta(days=2)) == 0
    assert await reminding.remind(at=NOON + timedelta(days=3)) == 1
    assert len(await ground.fetch("SELECT FROM message WHERE kind = 'reviews_waiting'")) == 1
    await waiving.let_be(conversion=waits.conversion, by=uuid4(), at=LATER, why="terms")
    assert await doubting.all_waiting() == 0
