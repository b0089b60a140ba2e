"""A referral earns each side its reward once, held, released or taken back, and the books always balance."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.ledger import balancing
from leumund.programs import publishing
from leumund.programs.offers import Cap, Rule
from leumund.rewards import buying, converting, listing, refunding, refusing, releasing, reviewing, rules
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from leumund.rewards.refusing import Refusal
from tests import books, opened
from tests.conftest import NOON
from tests.rooms import whole

LATER = NOON + timedelta(days=15)
BERT = "bert@people.example"


def order(order_id: str = "A-1", *, cents: int = 90_000, email: str = BERT) -> Order:
    return Order(order_id=order_id, cents=cents, currency="EUR", customer=CustomerRef(email=email), occurred_at=NOON)


async def bought(at: datetime = NOON, **changes: int) -> Converted:
    code = await whole.advocate("anna@people.example", at=at)
    await whole.friend(code, BERT, at=at)
    return await converting.convert(order=order(**changes), at=at)


async def states() -> list[str]:
    return sorted(row["state"] for row in await ground.fetch("SELECT state FROM reward"))


async def said(order_id: str) -> dict[str, str]:
    """What each rule said of an order when it was judged last."""
    rows = await ground.fetch(
        "SELECT DISTINCT ON (u.key) u.key, j.reason FROM judgement j JOIN reward_rule u ON u.id = j.rule "
        "JOIN conversion c ON c.id = j.conversion WHERE c.order_id = $1 ORDER BY u.key, j.judged_at DESC",
        order_id,
    )
    return {row["key"]: row["reason"] for row in rows}


async def held(kind: str) -> int:
    return sum(line.cents for line in await books.lines() if line.kind == kind)


async def test_a_friends_first_purchase_earns_both_sides(inside: ground.Ground):
    await whole.company(at=NOON)
    done = await bought()
    assert (done.referral_state, len(done.rewards)) == ("approved", 2)
    assert await states() == ["pending", "pending"]
    assert (await held("reward_pending"), await held("program_budget")) == (7500, -7500)
    assert await balancing.totals() == {"EUR": 0}


async def test_telling_an_order_again_changes_nothing(inside: ground.Ground):
    await whole.company(at=NOON)
    first = await bought()
    assert await converting.convert(order=order(), at=LATER) == first
    with pytest.raises(converting.OrderReused):
        await converting.convert(order=order(cents=90_001), at=LATER)
    assert len(await states()) == 2


async def test_a_second_purchase_earns_nothing(inside: ground.Ground):
    await whole.company(at=NOON)
    await bought()
    again = await converting.convert(order=order("A-2"), at=NOON)
    assert (again.referral, again.rewards) == (None, [])


async def test_a_purchase_nobody_confirmed_a_recommendation_for_earns_nothing(inside: ground.Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.accept(code, BERT, at=NOON)
    assert (await converting.convert(order=order(), at=NOON)).rewards == []


async def test_a_reward_is_released_after_its_hold_and_only_then(inside: ground.Ground):
    await whole.company(at=NOON)
    advocates, friends = (await bought()).rewards
    with pytest.raises(releasing.StillHeld):
        await releasing.release(reward=advocates, at=NOON + timedelta(days=13))
    for _ in range(2):
        await releasing.release(reward=advocates, at=LATER)
        await releasing.release(reward=friends, at=LATER)
    assert await states() == ["approved", "approved"]
    assert (await held("reward_pending"), await held("reward_available")) == (0, 7500)
    assert await ground.fetch("SELECT FROM reward WHERE voucher_code IS NOT NULL") == []
    assert len(await ground.fetch("SELECT FROM message WHERE kind = 'reward_released'")) == 2


async def test_a_reward_that_is_not_there_is_no_deed_done(inside: ground.Ground):
    with pytest.raises(releasing.RewardUnknown):
        await releasing.release(reward=uuid4(), at=LATER)


async def test_a_refund_before_release_cancels_and_gives_the_budget_back(inside: ground.Ground):
    await whole.company(at=NOON)
    rewards = (await bought()).rewards
    for _ in range(2):
        refunded = await refunding.refund(order_id="A-1", actor="key:test", at=LATER)
        assert (refunded.canceled, refunded.clawed_back) == (rewards, [])
    for reward in rewards:
        await releasing.release(reward=reward, at=LATER)
    assert await states() == ["canceled", "canceled"]
    assert (await held("reward_pending"), await held("program_budget")) == (0, 0)
    assert await balancing.totals() == {"EUR": 0}


async def test_a_refund_after_release_claws_back_once(inside: ground.Ground):
    await whole.company(at=NOON)
    for reward in (await bought()).rewards:
        await releasing.release(reward=reward, at=LATER)
    for _ in range(2):
        refunded = await refunding.refund(order_id="A-1", actor="key:test", at=LATER)
        assert (len(refunded.canceled), len(refunded.clawed_back)) == (0, 2)
    assert await states() == ["canceled", "canceled"], "what was taken back can no longer be paid or redeemed"
    assert (await held("reward_available"), await held("clawback")) == (0, 7500)
    assert await balancing.totals() == {"EUR": 0}


async def test_a_large_order_waits_for_a_person_who_may_approve_it_once(inside: ground.Ground):
    await whole.company(at=NOON)
    done = await bought(cents=600_000)
    assert (done.referral_state, done.rewards) == ("in_review", [])
    assert done.referral is not None
    assert (await reviewing.look(referral=done.referral)).why == ["large_order"]
    await reviewing.approve(referral=done.referral, by=uuid4(), at=NOON)
    assert await states() == ["pending", "pending"]
    with pytest.raises(reviewing.NotInReview):
        await reviewing.refuse(referral=done.referral, refusal=Refusal(category="terms"), by=uuid4(), at=NOON)


@pytest.mark.parametrize(
    "rules_now",
    [
        [Rule(side="advocate", kind="cash", cents=100), Rule(side="friend", kind="voucher", cents=100)],
        [Rule(side="friend", kind="voucher", cents=2500)],
        [Rule(side="advocate", kind="cash", cents=9900, minimum_order_cents=600_001)],
    ],
)
async def test_who_waited_for_a_decision_gets_what_the_order_earned_whatever_is_offered_by_then(
    inside: ground.Ground, rules_now: list[Rule]
):
    await whole.company(at=NOON)
    referral = (await bought(cents=600_000)).referral
    assert referral is not None
    changed_at = NOON + timedelta(days=1)
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, rules=rules_now), at=changed_at)
    await reviewing.approve(referral=referral, by=uuid4(), at=NOON + timedelta(days=2))
    assert await ground.fetch("SELECT side, kind, cents FROM reward ORDER BY side") == [
        {"side": "advocate", "kind": "cash", "cents": 5000},
        {"side": "friend", "kind": "voucher", "cents": 2500},
    ]


async def test_an_order_earns_what_was_promised_when_the_friend_signed_up_whatever_is_offered_since(
    inside: ground.Ground,
):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, BERT, at=NOON)
    dearer = [Rule(side="advocate", kind="cash", cents=9900, minimum_order_cents=600_001)]
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, rules=dearer), at=NOON + timedelta(seconds=1))
    done = await converting.convert(order=order(), at=NOON + timedelta(days=1))
    assert done.referral_state == "approved"
    assert await held("reward_pending") == 7500


async def test_an_approval_that_would_grant_nothing_is_refused(inside: ground.Ground):
    once = msgspec.structs.replace(
        whole.TERMS,
        rules=[Rule(side="advocate", kind="cash", cents=5000)],
        caps=[Cap(scope="person", per="tax_year", most_rewards=1)],
    )
    await whole.company(at=NOON, terms=once)
    code = await whole.advocate("anna@people.example", at=NOON)
    waiting = []
    for name in ("bert", "clara"):
        await whole.friend(code, f"{name}@people.example", at=NOON)
        sold = order(name, cents=600_000, email=f"{name}@people.example")
        waiting.append((await converting.convert(order=sold, at=NOON)).referral)
    first, second = waiting
    assert first is not None
    assert second is not None
    await reviewing.approve(referral=first, by=uuid4(), at=NOON)
    with pytest.raises(reviewing.NothingToGrant):
        await reviewing.approve(referral=second, by=uuid4(), at=NOON)
    assert (await reviewing.look(referral=second)).state == "in_review"


async def test_what_was_bought_before_anybody_recommended_it_is_recorded_and_earns_nothing(inside: ground.Ground):
    await whole.company(at=NOON, terms=msgspec.structs.replace(whole.TERMS, new_customers_only=False))
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, BERT, at=NOON)
    for order_id, occurred_at in (("A-0", NOON - timedelta(minutes=6)), ("A-00", NOON.replace(year=2001))):
        before = msgspec.structs.replace(order(order_id), occurred_at=occurred_at)
        done = await converting.convert(order=before, at=NOON)
        assert (done.referral, done.rewards) == (None, [])
    await whole.friend(code, "emil@people.example", at=NOON)
    just = msgspec.structs.replace(order(email="emil@people.example"), occurred_at=NOON - timedelta(minutes=4))
    assert len((await converting.convert(order=just, at=NOON)).rewards) == 2


async def recommended_themselves(friend: Record, *, advocate: Record) -> Converted:
    """What comes of an order by ``friend``, whom ``advocate`` brought."""
    await whole.company(at=NOON)
    assert advocate.email is not None
    assert friend.email is not None
    code = await whole.advocate(advocate.email, at=NOON)
    await whole.friend(code, friend.email, at=NOON)
    for record in (advocate, friend):
        await registering.register(record=record, source="test", at=NOON)
    return await converting.convert(order=order(email=friend.email), at=NOON)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"email": "anna.ahorn+self@people.example"}, "same_address"),
        ({"phone": "030 1234567"}, "same_phone"),
        ({"family_name": "AHORN", "given_name": "Anne", "birth_date": "1980-05-01"}, "same_birth"),
        ({"family_name": "ahorn", "given_name": " Anna "}, "same_name"),
    ],
)
async def test_whoever_looks_like_their_own_friend_waits_for_a_person(
    inside: ground.Ground, known: dict[str, str], why: str
):
    anna = Record(
        email="anna.ahorn@people.example",
        given_name="Anna",
        family_name="Ahorn",
        phone="+49301234567",
        birth_date="1980-05-01",
    )
    friend = Record(**{"email": BERT, "given_name": "Bert", "family_name": "Buche"} | known)
    done = await recommended_themselves(friend, advocate=anna)
    assert (done.referral_state, done.rewards) == ("in_review", [])
    assert done.referral is not None
    assert (await reviewing.look(referral=done.referral)).why[0] == why
    await reviewing.approve(referral=done.referral, by=uuid4(), at=NOON)
    assert await states() == ["pending", "pending"], "no rule refuses them"


async def test_a_family_is_not_one_person(inside: ground.Ground):
    anna = Record(email="anna@people.example", given_name="Anna", family_name="Ahorn", birth_date="1980-05-01")
    son = Record(email=BERT, given_name="Bert", family_name="Ahorn", birth_date="2004-05-01")
    assert (await recommended_themselves(son, advocate=anna)).referral_state == "approved"


async def test_a_refusal_needs_a_reason_and_earns_nothing(inside: ground.Ground):
    await whole.company(at=NOON)
    referral = (await bought(cents=600_000)).referral
    assert referral is not None
    for category, words in (("", ""), ("weil", "x"), ("other", "  ")):
        refusal = Refusal(category=category, words=words)
        with pytest.raises(refusing.NoReason):
            await reviewing.refuse(referral=referral, refusal=refusal, by=uuid4(), at=NOON)
    refusal = Refusal(category="terms", words="Gewerblicher Anschluss")
    await reviewing.refuse(referral=referral, refusal=refusal, by=uuid4(), at=NOON)
    assert await states() == []
    with pytest.raises(reviewing.ReferralUnknown):
        await reviewing.approve(referral=uuid4(), by=uuid4(), at=NOON)


async def test_a_budget_is_never_overspent(inside: ground.Ground):
    await whole.company(at=NOON, terms=msgspec.structs.replace(whole.TERMS, budget_cents=7_499))
    done = await bought()
    assert (done.referral_state, done.rewards) == ("in_review", [])
    assert done.referral is not None
    with pytest.raises(reviewing.BudgetTooSmall):
        await reviewing.approve(referral=done.referral, by=uuid4(), at=NOON)
    assert await books.lines() == []


@pytest.mark.parametrize(
    "ref", [CustomerRef(), CustomerRef(email="nobody@people.example"), CustomerRef(id=UUID(int=0), email=BERT)]
)
async def test_an_order_of_nobody_is_refused(inside: ground.Ground, ref: CustomerRef):
    await whole.company(at=NOON)
    with pytest.raises(buying.CustomerUnknown):
        await converting.convert(order=msgspec.structs.replace(order(), customer=ref), at=NOON)
    assert await ground.fetch("SELECT FROM conversion") == []


def test_a_rewards_life_goes_forward_only():
    assert rules.may_become("pending", "approved")
    assert not rules.may_become("approved", "pending")
    assert not rules.may_become("canceled", "approved")


async def test_whoever_has_neither_name_nor_address_goes_by_the_companys_number_everywhere(inside: ground.Ground):
    await whole.company(at=NOON)
    done = await bought()
    referral = done.referral
    assert referral is not None
    matter = await reviewing.look(referral=referral)
    for person, number in ((matter.advocate, "K-1"), (matter.friend, "K-2")):
        await opened.change(person, given_name="", family_name="", email=None, external_id=number)
    (listed,) = (await listing.referrals()).rows
    assert (listed["advocate"], listed["friend"]) == ("K-1", "K-2")
    assert {reward["name"] for reward in (await listing.rewards()).rows} == {"K-1", "K-2"}
    (seen,) = await listing.referrals_with(customer=matter.advocate)
    assert seen["other"] == "K-2"
    matter = await reviewing.look(referral=referral)
    assert (matter.advocate_name, matter.friend_name) == ("K-1", "K-2")
