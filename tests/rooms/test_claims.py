"""A shop tells who recommended its customer, and the claim that wins is a recommendation from then on."""

from datetime import timedelta

import msgspec
import pytest

from leumund.kit import ground
from leumund.ledger import balancing
from leumund.programs import publishing
from leumund.referrals import accepted, stamping
from leumund.referrals.claims import asking
from leumund.referrals.claims.telling import Said
from leumund.referrals.stamping import Click
from leumund.rewards import converting, recognising
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from tests.conftest import NOON
from tests.rooms import whole

ANNA, BERT, CLARA = (f"{name}@people.example" for name in ("anna", "bert", "clara"))
DAY = timedelta(days=1)


@pytest.fixture
async def codes(inside: ground.Ground) -> dict[str, str]:
    """Anna and Clara recommend; Bert is a customer whom the shop has just told of."""
    await whole.company(at=NOON - 20 * DAY)
    await whole.person(BERT, at=NOON)
    return {each: await whole.advocate(each, at=NOON - 20 * DAY) for each in (ANNA, CLARA)}


async def clicked(code: str, *, days_ago: int = 0) -> str:
    """What the shop's page was given when somebody followed the link of ``code``."""
    link = (await ground.fetch("SELECT id FROM share_link WHERE code = $1", code))[0]["id"]
    return stamping.stamp(click=Click(link=link, at=NOON - days_ago * DAY, campaign="fair"))


async def bought(order_id: str = "A-1", **said: object) -> Converted:
    told = Order(
        order_id=order_id,
        cents=90_000,
        currency="EUR",
        customer=CustomerRef(email=BERT),
        occurred_at=NOON,
        said=Said(**said),
    )
    return await converting.convert(order=told, at=NOON)


async def recommended_by() -> list[str]:
    rows = await ground.fetch(
        "SELECT l.code FROM referral r JOIN share_link l ON l.id = r.link WHERE r.confirmed_at IS NOT NULL"
    )
    return [row["code"] for row in rows]


async def sides() -> list[str]:
    return [row["side"] for row in await ground.fetch("SELECT side FROM reward ORDER BY side")]


async def mails() -> int:
    return (await ground.fetch("SELECT count(*) AS n FROM message"))[0]["n"]


async def test_a_code_at_the_checkout_earns_what_was_promised_and_mails_nobody(codes: dict[str, str]):
    before = await mails()
    done = await bought(code=codes[ANNA].upper(), conditions_shown=True)
    assert (done.referral_state, done.claimed_by, done.claim_reason) == ("approved", "code", "won")
    assert (await recommended_by(), await sides()) == ([codes[ANNA]], ["advocate", "friend"])
    assert await mails() == before


async def test_the_friend_gets_nothing_for_conditions_nobody_showed_them(codes: dict[str, str]):
    await bought(code=codes[ANNA])
    assert await sides() == ["advocate"]
    said = await ground.fetch(
        "SELECT reason FROM judgement j JOIN reward_rule u ON u.id = j.rule WHERE side = 'friend'"
    )
    assert [row["reason"] for row in said] == ["not_accepted"]


async def test_a_click_says_when_and_in_which_campaign_the_friend_came(codes: dict[str, str]):
    await bought(click_token=await clicked(codes[ANNA], days_ago=3))
    (row,) = await ground.fetch("SELECT attributed_at, clicked_at, campaign, request, terms FROM referral")
    assert row == {
        "attributed_at": NOON - 3 * DAY,
        "clicked_at": NOON - 3 * DAY,
        "campaign": "fair",
        "request": None,
        "terms": None,
    }
    customer = await whole.person(BERT, at=NOON)
    assert await accepted.of(customer=customer) == []


async def test_of_a_code_and_a_click_the_code_counts_and_both_are_kept(codes: dict[str, str]):
    await bought(code=codes[CLARA], click_token=await clicked(codes[ANNA], days_ago=3))
    assert await recommended_by() == [codes[CLARA]]
    said = await ground.fetch(
        "SELECT k.way, j.reason FROM claim_judgement j JOIN referral_claim k ON k.id = j.claim ORDER BY k.way"
    )
    assert said == [{"way": "click", "reason": "weaker"}, {"way": "code", "reason": "won"}]


async def test_an_order_told_twice_counts_once_and_keeps_its_first_word(codes: dict[str, str]):
    first = await bought(code=codes[ANNA])
    assert await bought(code=codes[CLARA]) == first
    assert await recommended_by() == [codes[ANNA]]
    assert (await ground.fetch("SELECT count(*) AS n FROM referral_claim"))[0]["n"] == 1


async def test_a_confirmed_recommendation_stands(codes: dict[str, str]):
    await whole.friend(codes[ANNA], "emil@people.example", at=NOON - DAY)
    told = Order(
        order_id="A-2",
        cents=90_000,
        currency="EUR",
        customer=CustomerRef(email="emil@people.example"),
        occurred_at=NOON,
        said=Said(code=codes[CLARA]),
    )
    done = await converting.convert(order=told, at=NOON)
    assert (done.claim_reason, done.referral_state) == ("referral_stands", "approved")
    assert await recommended_by() == [codes[ANNA]]


@pytest.mark.parametrize(
    ("said", "way", "reason"),
    [
        ({"code": "nobodyhasit"}, "code", "code_unknown"),
        ({"code": "☂"}, "code", "code_unknown"),
        ({"click_token": "x" * 1000}, "click", "click_invalid"),
        ({"click_token": "a.b.c"}, "click", "click_invalid"),
    ],
)
async def test_what_cannot_be_read_never_keeps_an_order_out(
    codes: dict[str, str], said: dict[str, str], way: str, reason: str
):
    done = await bought(**said)
    assert (done.order_id, done.referral, done.claimed_by, done.claim_reason) == ("A-1", None, way, reason)
    assert await recommended_by() == []


async def test_nobody_recommends_themselves(codes: dict[str, str]):
    bert = await whole.advocate(BERT, at=NOON)
    assert (await bought(code=bert)).claim_reason == "own_link"
    assert await recommended_by() == []


async def test_whoever_bought_before_is_no_new_customer(codes: dict[str, str]):
    early = Order(
        order_id="A-0", cents=100, currency="EUR", customer=CustomerRef(email=BERT), occurred_at=NOON - 5 * DAY
    )
    await converting.convert(order=early, at=NOON)
    assert (await bought(code=codes[ANNA])).claim_reason == "existing_customer"


async def test_a_program_that_rests_attributes_nothing_and_an_advocate_who_left_no_more(codes: dict[str, str]):
    await ground.execute("UPDATE share_link SET retired_at = $2 WHERE code = $1", codes[CLARA], NOON)
    assert (await bought(code=codes[CLARA])).claim_reason == "not_running"
    await ground.execute("UPDATE program SET state = 'paused'")
    assert (await bought("A-2", code=codes[ANNA])).claim_reason == "not_running"
    assert await recommended_by() == []


async def test_a_claim_that_lost_its_chance_is_heard_again_at_the_next_order(codes: dict[str, str]):
    """A program that counts known customers too was at rest when Bert came, and runs by his next order."""
    known = msgspec.structs.replace(whole.TERMS, new_customers_only=False)
    await publishing.publish(terms=known, at=NOON - DAY)
    await ground.execute("UPDATE program SET state = 'paused'")
    assert (await bought(code=codes[ANNA])).claim_reason == "not_running"
    await ground.execute("UPDATE program SET state = 'live'")
    assert (await bought("A-2")).claim_reason == "won"
    assert await recommended_by() == [codes[ANNA]]


async def test_what_was_promised_when_the_friend_came_is_owed(codes: dict[str, str]):
    token = await clicked(codes[ANNA], days_ago=3)
    dearer = [msgspec.structs.replace(each, cents=100) for each in whole.TERMS.rules]
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, rules=dearer), at=NOON - DAY)
    await bought(click_token=token)
    assert [row["cents"] for row in await ground.fetch("SELECT cents FROM reward")] == [5000]


async def chosen(code: str, *, days: int = 0) -> None:
    bert = await whole.person(BERT, at=NOON)
    await recognising.choose(customer=bert, code=code, at=NOON + days * DAY)


async def test_whom_the_friend_names_before_the_purchase_goes_before_what_the_shop_heard(codes: dict[str, str]):
    await chosen(codes[CLARA])
    done = await bought(code=codes[ANNA])
    assert (done.claimed_by, await recommended_by()) == ("choice", [codes[CLARA]])
    assert await sides() == ["advocate", "friend"]


async def test_whom_the_friend_names_after_the_purchase_earns_by_it_once(codes: dict[str, str]):
    await bought()
    await bought("A-2")
    await chosen(codes[ANNA], days=30)
    assert (await recommended_by(), await sides()) == ([codes[ANNA]], ["advocate", "friend"])
    with pytest.raises(asking.SettledAlready):
        await chosen(codes[CLARA], days=31)
    assert await balancing.totals() == {"EUR": 0}


async def test_what_is_named_too_late_waits_for_the_next_purchase_and_finds_a_known_customer(codes: dict[str, str]):
    await bought()
    await chosen(codes[ANNA], days=91)
    assert (await recommended_by(), await sides()) == ([], [])


async def test_a_code_nobody_has_and_ones_own_are_told_beside_the_field_and_not_kept(codes: dict[str, str]):
    own = await whole.advocate(BERT, at=NOON)
    for code, fault in (("nobodyhasit", asking.NobodysCode), ("", asking.NobodysCode), (own, asking.OwnCode)):
        with pytest.raises(fault) as refused:
            await chosen(code)
        assert refused.value.field == "code"
    assert await ground.fetch("SELECT FROM referral_claim") == []


async def test_an_order_that_says_nothing_asks_no_more_questions_than_ever(codes: dict[str, str]):
    done = await bought()
    assert (done.claimed_by, done.claim_reason, done.referral) == (None, None, None)
    assert await ground.fetch("SELECT FROM referral_claim") == []
