"""Where a reward is can be told of every referral: what happened, which rule said what, what was granted and paid."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.insight import concluding, retracing
from leumund.kit import ground
from leumund.payouts import settling
from leumund.payouts.carrying import Carried
from leumund.programs.offers import Cap, Rule
from leumund.referrals import stamping
from leumund.referrals.claims.telling import Said
from leumund.referrals.codes import keeping
from leumund.referrals.stamping import Click
from leumund.rewards import converting, listing, refunding, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from tests.conftest import NOON
from tests.rooms import paying, whole

BERT = "bert@people.example"
LEAST = msgspec.structs.replace(
    whole.TERMS, rules=[Rule(side="advocate", kind="cash", cents=5000, minimum_order_cents=5000)]
)


async def befriended(terms=whole.TERMS) -> tuple[UUID, UUID]:
    """Anna's referral of Bert, who has confirmed, and Anna."""
    await whole.company(at=NOON, terms=terms)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, BERT, at=NOON)
    (row,) = await ground.fetch("SELECT id, advocate FROM referral")
    return row["id"], row["advocate"]


async def bought(order_id: str = "A-1", *, cents: int = 90_000) -> Converted:
    order = Order(order_id=order_id, cents=cents, currency="EUR", customer=CustomerRef(email=BERT), occurred_at=NOON)
    return await converting.convert(order=order, at=NOON)


async def keys(referral: UUID) -> dict[str, str]:
    return {side: answer.key for side, answer in (await retracing.retrace(referral=referral)).answers.items()}


async def lacks(referral: UUID) -> tuple[str, str]:
    """The advocate's answer, and what it says is missing."""
    answer = (await retracing.retrace(referral=referral)).answers["advocate"]
    assert answer.of is not None
    return answer.key, answer.of.lacks


async def test_whoever_has_done_nothing_yet_is_waited_for(inside: ground.Ground):
    referral, _ = await befriended()
    assert await keys(referral) == {"advocate": "waiting", "friend": "waiting"}


async def test_an_order_below_the_minimum_says_so_with_its_rule(inside: ground.Ground):
    referral, anna = await befriended(LEAST)
    await bought(cents=4000)
    trace = await retracing.retrace(referral=referral)
    assert (trace.answers["advocate"].key, trace.answers["friend"].key) == ("not_earned", "not_promised")
    fault = trace.answers["advocate"].fault
    assert fault is not None
    assert (fault.reason, fault.rule.minimum_order_cents) == ("below_minimum", 5000)
    purchase = next(event for event in trace.events if event.kind == "purchase")
    assert (purchase.order_id, purchase.cents, purchase.counts, purchase.elsewhere) == ("A-1", 4000, False, False)
    assert [said.passed for said in purchase.judged] == [False]
    assert (await retracing.tell(referral=referral, advocate=anna)).answer.key == "not_earned"


async def test_an_order_that_earns_waits_and_is_available_then(inside: ground.Ground):
    referral, _ = await befriended()
    rewards = (await bought()).rewards
    assert await keys(referral) == {"advocate": "pending", "friend": "pending"}
    for reward in rewards:
        await releasing.release(reward=reward, at=NOON + timedelta(days=15))
    assert await keys(referral) == {"advocate": "available", "friend": "lacking"}, "no pool has a code of this worth"


async def test_an_order_that_came_back_is_why_there_is_no_reward(inside: ground.Ground):
    referral, _ = await befriended()
    await bought()
    await refunding.refund(order_id="A-1", actor="key:test", at=NOON)
    trace = await retracing.retrace(referral=referral)
    assert {answer.key for answer in trace.answers.values()} == {"voided"}
    assert {reward.reason for reward in trace.rewards} == {"refunded"}
    assert [event.refunded_at for event in trace.events if event.kind == "purchase"] == [NOON]


async def test_an_unusually_large_order_waits_for_a_person(inside: ground.Ground):
    referral, _ = await befriended()
    await bought(cents=600_000)
    assert await keys(referral) == {"advocate": "in_review", "friend": "in_review"}


async def test_a_limit_that_lets_nothing_through_is_named(inside: ground.Ground):
    capped = msgspec.structs.replace(whole.TERMS, caps=[Cap(scope="person", per="month", most_cents=2500)])
    referral, _ = await befriended(capped)
    await bought()
    trace = await retracing.retrace(referral=referral)
    assert {reward.side: reward.cents for reward in trace.rewards} == {"advocate": 2500, "friend": 2500}
    (purchase,) = [event for event in trace.events if event.kind == "purchase"]
    assert {said.rule.side: said.reason for said in purchase.judged} == {"advocate": "cut", "friend": "passed"}


async def test_an_advocate_is_told_of_their_own_side_alone(inside: ground.Ground):
    referral, anna = await befriended()
    await bought()
    told = await retracing.tell(referral=referral, advocate=anna)
    assert [reward.side for reward in told.rewards] == ["advocate"]
    assert not hasattr(told, "events"), "what the friend bought is the friend's"
    for stranger in (uuid4(), await whole.person(BERT, at=NOON)):
        with pytest.raises(retracing.NoSuchReferral):
            await retracing.tell(referral=referral, advocate=stranger)


async def test_a_trace_asks_five_questions_however_much_happened(inside: ground.Ground, monkeypatch):
    referral, _ = await befriended(
        msgspec.structs.replace(
            whole.TERMS,
            rules=[Rule(side="advocate", kind="cash", cents=100, most_times=None, recurring_months=12)],
            once_per_relation=False,
        )
    )
    for number in range(4):
        await bought(f"A-{number}")
    asked = []
    fetch = ground.fetch
    monkeypatch.setattr(ground, "fetch", lambda *sql: asked.append(sql) or fetch(*sql))
    trace = await retracing.retrace(referral=referral)
    assert (len(asked), len(trace.rewards), trace.answers["advocate"].more) == (5, 4, 3)
    assert set(trace.answers) == {"advocate", "friend"}
    assert {answer.key for answer in trace.answers.values()} <= set(concluding.KEYS)


@pytest.mark.parametrize("text", ["A-2", "a-2", "bert@people.example", "Beispiel", "{code}", "{CODE}", "Anna-Linden"])
async def test_support_finds_a_referral_by_person_by_any_order_and_by_any_code(inside: ground.Ground, text: str):
    referral, anna = await befriended()
    await bought("A-1")
    await bought("A-2")
    (link,) = await ground.fetch("SELECT id, code FROM share_link")
    await keeping.keep(link=link["id"], advocate=anna, kind="chosen", spelled="anna-linden", at=NOON)
    asked = text.format(code=link["code"], CODE=link["code"].upper())
    assert [row["id"] for row in (await listing.referrals(text=asked)).rows] == [referral]
    assert (await listing.referrals(text=f"{asked}x")).rows == []


async def test_a_payout_is_followed_until_it_arrives_comes_back_and_is_tried_again(inside: ground.Ground):
    await whole.company(at=NOON)
    await paying.earned("A-1")
    (row,) = await ground.fetch("SELECT id, advocate FROM referral")
    closed = Carried(state="failed", reason="account_closed")
    steps = ((closed, "failed"), (None, "sent"), (Carried(state="unknown", reason="timeout"), "unclear"))
    for carried, key in (*steps, (Carried(state="confirmed", reference="R-7"), "paid")):
        if key in ("failed", "sent"):
            (payout,) = await paying.payouts(await paying.sent())
        if carried is not None:
            await settling.settle(payout=payout, carried=carried, at=paying.LATER)
        assert (await keys(row["id"]))["advocate"] == key
    told = await retracing.tell(referral=row["id"], advocate=row["advocate"])
    assert told.answer.key == "paid"
    (reward,) = told.rewards
    assert [(one.state, one.reason, one.cents) for one in reward.payouts] == [
        ("failed", "account_closed", 5000),
        ("confirmed", "", 5000),
    ]
    await refunding.refund(order_id="A-1", actor="key:test", at=paying.LATER)
    assert (await keys(row["id"]))["advocate"] == "taken_back"


async def test_of_what_a_shop_was_told_each_claim_says_what_became_of_it(inside: ground.Ground):
    await whole.company(at=NOON - timedelta(days=20))
    await whole.person(BERT, at=NOON)
    anna, clara = [
        await whole.advocate(f"{name}@people.example", at=NOON - timedelta(days=20)) for name in ("anna", "clara")
    ]
    (link,) = await ground.fetch("SELECT id FROM share_link WHERE code = $1", clara)
    click = stamping.stamp(click=Click(link=link["id"], at=NOON - timedelta(days=3), campaign=""))
    order = Order(
        order_id="A-1",
        cents=90_000,
        currency="EUR",
        customer=CustomerRef(email=BERT),
        occurred_at=NOON,
        said=Said(code=anna, click_token=click),
    )
    referral = (await converting.convert(order=order, at=NOON)).referral
    assert referral is not None
    trace = await retracing.retrace(referral=referral)
    (event,) = trace.events
    assert [(claim.way, claim.reason) for claim in event.claims] == [("code", "won"), ("click", "weaker")]
    assert trace.stands.way == "code"
    assert {side: answer.key for side, answer in trace.answers.items()} == {
        "advocate": "pending",
        "friend": "not_earned",
    }
    assert trace.answers["friend"].fault is not None
    assert trace.answers["friend"].fault.reason == "not_accepted"


async def test_what_is_missing_before_a_reward_can_be_paid_is_said(inside: ground.Ground):
    await whole.company(at=NOON)
    await paying.earned("A-1")
    (row,) = await ground.fetch("SELECT id FROM referral")
    referral = row["id"]
    assert await lacks(referral) == ("available", "")
    await ground.execute("INSERT INTO payout_limit VALUES ('EUR', 6000, 1, 1, NULL, $1)", NOON)
    assert await lacks(referral) == ("lacking", "too_little")
    for way, missing in (("sepa", "no_account"), ("stripe_transfer", "not_onboarded"), ("manual", "too_little")):
        await ground.execute("DELETE FROM payout_way")
        await ground.execute("INSERT INTO payout_way VALUES ('cash', $1, $2)", way, NOON)
        assert await lacks(referral) == ("lacking", missing)
    await paying.earned("A-2")
    assert await lacks(referral) == ("available", ""), "two rewards reach the least sum together"
