"""What was given back is taken back once, and counts again once where it was not given back after all."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.insight import proving, retracing
from leumund.kit import ground
from leumund.payouts import collecting, recording
from leumund.programs.offers import Cap, Rule
from leumund.rewards import (
    booking,
    converting,
    doubting,
    owing,
    reconciling,
    refunding,
    releasing,
    restoring,
    reviewing,
    waiving,
)
from leumund.rewards.booking import Worth
from leumund.rewards.refunding import Refunded
from leumund.rewards.restoring import Restored
from tests.rooms import paying, promising, test_rewards, whole
from tests.rooms.paying import ACCOUNTANT, ANNA, LATER, NOON
from tests.rooms.promising import BERT, SHARE, promised

pytestmark = pytest.mark.usefixtures("inside")
# What the migration does for what was booked before it.
_BACKFILL = Path("migrations/tenant/0049_causes_of_what_was_taken_back.sql").read_text().partition("NOT NULL;")[2]
LAST = LATER + timedelta(days=3)


async def back(order_id: str = "A-1", cents: int | None = None, *, told_as: str = "") -> Refunded:
    return await refunding.refund(order_id=order_id, cents=cents, told_as=told_as, actor="key:shop", at=LATER)


async def again(order_id: str = "A-1", *, told_as: str = "") -> Restored:
    return await restoring.restore(order_id=order_id, told_as=told_as, actor="key:shop", at=LAST)


async def paid(order_id: str = "A-1") -> None:
    """Anna's fifty euros for that order have arrived."""
    await paying.earned(order_id)
    await arrives()


async def arrives() -> None:
    await recording.arrived(batch=await paying.sent(at=LAST), reference="Auszug 12", by=ACCOUNTANT, at=LAST)


async def is_released() -> None:
    """Everything whose time is over."""
    for row in await ground.fetch("SELECT id FROM reward WHERE state = 'pending' AND hold_until <= $1", LAST):
        await releasing.release(reward=row["id"], at=LAST)


async def owed(side: str = "advocate") -> list[tuple[str, int]]:
    """State and what is owed of each of that side's rewards, the oldest first; the books are true."""
    assert (await proving.look()).faults == []
    rows = await ground.fetch("SELECT id, state FROM reward WHERE side = $1 ORDER BY granted_at, id", side)
    cents = await owing.owed(rewards=[row["id"] for row in rows])
    return [(row["state"], cents[row["id"]]) for row in rows]


async def test_what_was_paid_is_taken_back_by_the_first_refund_of_all_and_by_no_second_one():
    await whole.company(at=NOON)
    await paid()
    told = [await back(told_as=name) for name in ("R-1", "R-2", "R-1")]
    assert [len(each.clawed_back) for each in told] == [1, 0, 1]
    assert await paying.held("reward_available") == -5000
    (reward,) = told[0].clawed_back
    assert await owing.owed(rewards=[reward]) == {reward: 0}
    assert (await proving.look()).faults == []


async def test_what_was_booked_before_causes_named_their_refund_is_read_as_it_was():
    await whole.company(at=NOON)
    await paid()
    (row,) = await ground.fetch(
        "SELECT id AS reward, program, beneficiary, cents, currency FROM reward WHERE side = 'advocate'"
    )
    await ground.execute(
        "INSERT INTO refund (order_id, told_as, told_at, conversion) SELECT order_id, '', $1, id FROM conversion", LATER
    )
    await booking.clawed_back(Worth(**row), at=LATER)
    assert (await back()).clawed_back == [row["reward"]]
    assert await owing.owed(rewards=[row["reward"]]) == {row["reward"]: 5000}
    await ground.execute(_BACKFILL)
    assert await owing.owed(rewards=[row["reward"]]) == {row["reward"]: 0}
    assert await reconciling.check() == []
    assert (await again()).restored == [row["reward"]]
    assert await owed() == [("paid", 5000)]


async def test_an_order_that_was_not_given_back_earns_again_what_was_canceled_held_for_no_longer_than_before():
    await whole.company(at=NOON)
    bought = await test_rewards.bought()
    await back()
    told = [await again() for _ in range(2)]
    assert told[0] == told[1]
    assert (len(told[0].granted), told[0].restored, told[0].referral_state) == (2, [], "approved")
    assert (told[0].refunded_at, told[0].doubt) == (None, None)
    assert await owed() == [("canceled", 5000), ("pending", 5000)]
    assert not set(told[0].granted) & set(bought.rewards)
    await is_released()
    assert await owed() == [("canceled", 5000), ("approved", 5000)]
    assert (await paying.held("program_budget"), await paying.held("clawback")) == (-7500, 0)


async def test_what_was_clawed_back_before_it_was_paid_is_granted_out_of_that_and_costs_no_budget_twice():
    await whole.company(at=NOON, terms=msgspec.structs.replace(whole.TERMS, budget_cents=7500))
    await paying.earned("A-1")
    await back()
    assert (await paying.held("clawback"), await paying.held("program_budget")) == (5000, -5000)
    assert (await again()).doubt is None
    assert (await paying.held("clawback"), await paying.held("program_budget")) == (0, -7500)
    await is_released()
    assert await owed() == [("canceled", 5000), ("approved", 5000)]


async def test_what_was_paid_and_taken_back_is_owed_again_and_no_debt_is_left():
    await whole.company(at=NOON)
    await paid()
    await back()
    assert await owed() == [("paid", 0)]
    assert len((await again()).restored) == 1
    assert await owed() == [("paid", 5000)]
    assert (await paying.held("reward_available"), await paying.held("clawback")) == (0, 0)
    await back()
    assert (await owed(), await paying.held("reward_available")) == ([("paid", 0)], -5000)


async def test_a_debt_that_was_set_off_already_is_paid_out_by_a_reward_of_its_own():
    await whole.company(at=NOON)
    await paid()
    await back()
    await paying.earned("A-2")
    await paying.earned("A-3")
    await arrives()
    assert await paying.held("paid_out") == 10_000
    told = await again()
    (beside,) = [one for one in told.granted if one in {row["id"] for row in await _tops_up()}]
    await is_released()
    assert await paying.state("reward", beside) == "approved"
    assert (await collecting.due(way="manual", currency="EUR", at=LAST)).cents == 5000
    await arrives()
    assert await paying.held("paid_out") == 15_000
    had = await paying.held("reward_available")
    await back()
    assert (await proving.look()).faults == []
    assert await paying.held("reward_available") == had - 7500, "of Anna's and of her friend's"


async def _tops_up() -> list[dict[str, UUID]]:
    return await ground.fetch("SELECT id FROM reward WHERE tops_up IS NOT NULL")


async def test_parts_count_again_in_any_order_before_and_after_the_release():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    (reward,) = (await promising.buys("A-1", 10_000)).rewards
    await back("A-1", 2500, told_as="R-1")
    await releasing.release(reward=reward, at=LATER)
    await back("A-1", 2500, told_as="R-2")
    await back("A-1", told_as="R-3")
    assert await owed() == [("canceled", 500)]
    assert (await again(told_as="R-3")).referral_state == "approved"
    assert await promising.owed() == [500]
    for name, left in (("R-1", 750), ("R-2", 1000)):
        await again(told_as=name)
        assert await promising.owed() == [left], name
    await is_released()
    assert await promising.owed() == [1000]
    assert (await paying.held("reward_available"), await paying.held("clawback")) == (1000, 0)
    assert await paying.held("program_budget") == -1000


async def test_a_part_that_was_not_given_back_is_paid_beside_what_was_paid_without_it():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    (reward,) = (await promising.buys("A-1", 40_000)).rewards
    await back("A-1", 20_000, told_as="R-1")
    await releasing.release(reward=reward, at=LATER)
    await arrives()
    await again(told_as="R-1")
    await is_released()
    assert await owed() == [("paid", 2000), ("approved", 2000)]
    await arrives()
    assert await paying.held("paid_out") == 4000
    await back("A-1", 10_000, told_as="R-2")
    assert await promising.owed() == [1000, 2000]


async def test_what_was_granted_when_a_part_was_back_is_worth_the_whole_once_it_is_not():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    large = await promising.buys("A-1", 600_000)
    await back("A-1", 590_000, told_as="R-1")
    assert large.referral is not None
    await reviewing.approve(referral=large.referral, by=uuid4(), at=LATER)
    assert await promising.owed() == [1000]
    await again(told_as="R-1")
    assert await promising.owed() == [1000, 4000]


async def test_a_budget_that_was_spent_meanwhile_leaves_it_to_a_person():
    await whole.friend(await promised([SHARE], budget_cents=5000), BERT, at=NOON)
    await promising.buys("A-1", 40_000)
    await promising.buys("A-2", 10_000)
    first = await back("A-1")
    await promising.buys("A-3", 40_000)
    told = await again()
    assert (told.doubt, told.granted, told.referral_state) == ("budget", [], "approved")
    (doubt,) = (await doubting.doubts(at=LATER)).rows
    assert doubt.id == first.conversion
    with pytest.raises(waiving.BudgetTooSmall):
        await waiving.grant_after_all(conversion=doubt.id, by=uuid4(), at=LAST)
    await back("A-3")
    assert len(await waiving.grant_after_all(conversion=doubt.id, by=uuid4(), at=LAST)) == 1
    assert (await promising.owed(), (await doubting.doubts(at=LATER)).rows) == ([1000, 4000], [])


async def test_a_limit_that_was_reached_meanwhile_leaves_it_to_a_person():
    caps = [Cap(scope="person", per="ever", most_cents=5000)]
    await whole.friend(await promised([SHARE], caps=caps), BERT, at=NOON)
    await promising.buys("A-1", 40_000)
    await back("A-1")
    # Bert's referral is void, and Clara's fills the limit.
    await whole.friend(await whole.advocate(ANNA, at=NOON), "clara@people.example", at=NOON)
    await promising.buys("A-2", 40_000, email="clara@people.example")
    told = await again()
    assert (told.doubt, told.granted) == ("limit_reached", [])
    with pytest.raises(waiving.NothingToGrant):
        await waiving.grant_after_all(conversion=told.conversion or uuid4(), by=uuid4(), at=LAST)
    assert await promising.owed() == [4000]
    await back("A-2")
    assert len(await waiving.grant_after_all(conversion=told.conversion or uuid4(), by=uuid4(), at=LAST)) == 1
    assert await promising.owed() == [4000]


async def test_what_a_later_order_earned_instead_is_not_earned_twice():
    await whole.company(at=NOON)
    bought = await test_rewards.bought(cents=600_000)
    await converting.convert(order=test_rewards.order("A-2"), at=NOON)
    assert bought.referral is not None
    await reviewing.approve(referral=bought.referral, by=uuid4(), at=NOON)
    await back("A-1")
    await converting.convert(order=test_rewards.order("A-3"), at=LATER)
    told = await again()
    assert (told.granted, told.doubt, told.referral_state) == ([], None, "approved")
    assert await promising.owed() == [2500, 5000]


async def test_whoever_waited_for_a_person_waits_again():
    await whole.company(at=NOON)
    await test_rewards.bought(cents=600_000)
    assert (await back()).referral_state == "voided"
    assert (await again()).referral_state == "in_review"
    (row,) = await ground.fetch("SELECT id FROM referral")
    await reviewing.approve(referral=row["id"], by=uuid4(), at=LAST)
    assert await promising.owed() == [2500, 5000]


async def test_a_later_order_that_waited_for_a_person_waits_again():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    await promising.buys("A-1", 10_000)
    waits = await promising.buys("A-2", 600_000)
    await back("A-2")
    assert (await doubting.doubts(at=LATER)).rows == []
    assert (await again("A-2")).doubt == "large_order"
    assert [each.id for each in (await doubting.doubts(at=LATER)).rows] == [waits.conversion]
    assert await promising.owed() == [1000]


async def test_a_milestone_that_is_reached_again_is_in_no_doubt_any_more_and_goes_on_its_way():
    base = Rule(key="base", side="advocate", kind="cash", cents=1000)
    second = Rule(key="second", side="advocate", kind="cash", cents=7000, milestone=2)
    code = await promised([base, second])
    for name in ("bert", "clara"):
        await whole.friend(code, f"{name}@people.example", at=NOON)
        await promising.buys(name, email=f"{name}@people.example")
    await back("bert")
    assert len((await doubting.doubts(at=LATER)).rows) == 1
    before = len(await ground.fetch("SELECT FROM event WHERE kind = 'conversion.restored'"))
    await again("bert")
    assert (await doubting.doubts(at=LATER)).rows == []
    await is_released()
    assert sorted(each[1] for each in await owed() if each[0] == "approved") == [1000, 1000, 7000]
    assert len(await ground.fetch("SELECT FROM event WHERE kind = 'conversion.restored'")) == before + 1


async def test_a_refund_that_failed_before_its_order_was_told_takes_nothing():
    await whole.friend(await promised([SHARE]), BERT, at=NOON)
    waits = await back("A-1")
    assert (await again("A-1")).conversion is None
    assert len((await promising.buys("A-1")).rewards) == 1
    (row,) = await ground.fetch("SELECT id FROM refund")
    await refunding.look_again(refund=row["id"], at=LAST)
    assert (waits.conversion, await promising.owed()) == (None, [1000])


async def test_what_was_never_told_to_be_given_back_cannot_count_again():
    await whole.company(at=NOON)
    await test_rewards.bought()
    for order, name in (("A-1", ""), ("A-2", ""), ("A-1", "R-1")):
        with pytest.raises(refunding.RefundUnknown):
            await again(order, told_as=name)
    assert await owed() == [("pending", 5000)]


async def test_the_trace_tells_that_an_order_counts_again():
    await whole.company(at=NOON)
    bought = await test_rewards.bought()
    await back()
    await again()
    assert bought.referral is not None
    trace = await retracing.retrace(referral=bought.referral)
    (event,) = trace.events
    assert (event.refunded_at, event.returned_cents, event.restored_at) == (None, 0, LAST)
    assert trace.answers["advocate"].key == "pending"
