"""A draft tried on what happened tells what it would have paid: the same rules what they paid, writing nothing."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.kit import ground
from leumund.programs import drafting
from leumund.programs.drafting import InWork
from leumund.programs.offers import Cap, Rule
from leumund.rewards import converting, refunding
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.trial import trying
from leumund.rewards.trial.trying import Sum, Tried
from tests.conftest import NOON
from tests.rooms import whole

FRIENDS = ("bert", "clara", "dora")
SHARE = Rule(key="share", side="advocate", kind="cash", percent_bp=1000, most_times=None)
DAY = timedelta(days=1)
CASH = Sum("advocate", "cash", "EUR", 3, 15_000)
VOUCHERS = Sum("friend", "voucher", "EUR", 3, 7_500)


async def happened(*orders: tuple[str, int]) -> None:
    """Anna recommended three friends, who bought for so much one after the other."""
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    for friend in FRIENDS:
        await whole.friend(code, f"{friend}@people.example", at=NOON)
    for number, (friend, cents) in enumerate(orders):
        who = CustomerRef(email=f"{friend}@people.example")
        at = NOON + number * DAY
        told = Order(order_id=f"A-{number}", cents=cents, currency="EUR", customer=who, occurred_at=at)
        await converting.convert(order=told, at=at)


async def tried(**changes: Any) -> Tried:
    """The program as it stands but for ``changes``, tried on all there was."""
    work = await drafting.in_work(key="freunde")
    drafted = InWork(key=work.key, terms=msgspec.structs.replace(work.terms, **changes), draft=None, offer=work.offer)
    return await trying.try_out(work=drafted, zone="Europe/Berlin", since=NOON - DAY, until=NOON + 99 * DAY)


EACH = [(friend, 10_000) for friend in FRIENDS]


async def test_the_rules_as_they_stand_would_have_paid_what_they_paid(inside: ground.Ground):
    await happened(*EACH, ("bert", 20_000))
    found = await tried()
    assert list(found.would) == list(found.was) == [CASH, VOUCHERS]
    assert (found.referrals, found.events, found.people) == (3, 4, 4)
    assert found.largest == Sum("advocate", "cash", "EUR", 1, 5000)
    assert {(one.rule, one.reason): one.times for one in found.refusals} == {
        ("advocate", "paid_already"): 1,
        ("friend", "paid_already"): 1,
    }


async def test_other_rules_are_judged_in_the_order_of_what_happened(inside: ground.Ground):
    await happened(*EACH, ("bert", 20_000))
    found = await tried(rules=[SHARE], once_per_relation=False)
    assert list(found.would) == [Sum("advocate", "cash", "EUR", 4, 5_000)]
    assert [month.isoformat() for month in found.months] == ["2026-11-01"]
    assert list(found.was) == [CASH, VOUCHERS]
    tier = Rule(key="tier", side="advocate", kind="cash", cents=9_000, from_count=3)
    flat = Rule(key="flat", side="advocate", kind="cash", cents=1_000)
    assert list((await tried(rules=[flat, tier])).would) == [Sum("advocate", "cash", "EUR", 3, 11_000)]


async def test_limits_and_the_budget_fill_up_as_they_would_have(inside: ground.Ground):
    await happened(*EACH)
    capped = await tried(caps=[Cap(scope="person", per="month", most_cents=12_000)])
    assert list(capped.would) == [Sum("advocate", "cash", "EUR", 3, 12_000), VOUCHERS]
    scarce = await tried(budget_cents=15_000)
    assert [one.cents for one in scarce.would] == [10_000, 5_000]
    assert (scarce.exhausted_at, scarce.beyond_budget) == (NOON + 2 * DAY, 1)


async def test_what_was_given_back_earns_nothing_and_of_a_part_the_rest_counts(inside: ground.Ground):
    await happened(*EACH)
    await refunding.refund(order_id="A-0", cents=None, told_as="", actor="key:shop", at=NOON + 9 * DAY)
    await refunding.refund(order_id="A-1", cents=4_000, told_as="part", actor="key:shop", at=NOON + 9 * DAY)
    found = await tried(rules=[SHARE], once_per_relation=False)
    assert [one.cents for one in found.would] == [1_600]


async def test_whoever_signed_up_outside_the_time_is_left_out(inside: ground.Ground):
    await happened(*EACH)
    work = await drafting.in_work(key="freunde")
    later = await trying.try_out(work=work, zone="Europe/Berlin", since=NOON + DAY, until=NOON + 9 * DAY)
    assert (later.referrals, later.events, list(later.would), list(later.was)) == (0, 0, [], [])
    early = await trying.try_out(work=work, zone="Europe/Berlin", since=NOON - DAY, until=NOON + DAY)
    assert [one.rewards for one in early.would] == [1, 1]


async def test_a_new_program_is_tried_on_what_all_others_saw(inside: ground.Ground):
    await happened(*EACH)
    terms = msgspec.structs.replace(whole.TERMS, key="neu", rules=[SHARE])
    work = InWork(key="neu", terms=terms, draft=None, offer=None)
    found = await trying.try_out(work=work, zone="Europe/Berlin", since=NOON - DAY, until=NOON + 9 * DAY)
    assert [one.cents for one in found.would] == [3_000]
    assert list(found.was) == [CASH, VOUCHERS]


@settings(max_examples=15)
@given(orders=st.lists(st.tuples(st.sampled_from(FRIENDS), st.integers(1, 600_000)), max_size=6))
async def test_whatever_was_bought_the_same_rules_would_have_paid_the_same(
    inside: ground.Ground, orders: list[tuple[str, int]]
):
    async with ground.undone():
        await happened(*[(friend, min(cents, 499_999)) for friend, cents in orders])
        found = await tried()
        assert list(found.would) == list(found.was)


@pytest.mark.parametrize("changes", [{}, {"rules": [SHARE]}])
async def test_trying_reads_alone(inside: ground.Ground, changes: dict[str, Any]):
    await happened(*EACH)
    before = await ground.fetch("SELECT pg_current_xact_id_if_assigned() AS id, count(*) AS n FROM judgement")
    await ground.execute("SET LOCAL transaction_read_only = on")
    await tried(**changes)
    assert await ground.fetch("SELECT pg_current_xact_id_if_assigned() AS id, count(*) AS n FROM judgement") == before
