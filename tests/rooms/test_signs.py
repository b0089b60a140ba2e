"""Signs are noted once, with what they weighed; they make somebody look and never refuse."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.consent.texts import publishing as texts
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.programs import offering
from leumund.referrals import accepting, confirming
from leumund.referrals.signs import gathering, looking, rules, weighing
from leumund.rewards import converting, refunding
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from tests.conftest import NOON
from tests.rooms import whole

_RECOMMEND = """
INSERT INTO referral (program, version, link, advocate, friend, request, terms, state, attributed_at, confirmed_at)
SELECT $1, v.id, l.id, $2, $3, $4, $5, 'attributed', $6, $6
FROM share_link l JOIN program_version v ON v.program = l.program WHERE l.advocate = $2 RETURNING id
"""
ANNA, BERT = "anna@people.example", "bert@people.example"


@pytest.fixture
async def code(inside: ground.Ground) -> str:
    await whole.company(at=NOON)
    return await whole.advocate(ANNA, at=NOON)


async def bought(email: str, *, order_id: str = "", cents: int = 90_000) -> Converted:
    order = Order(
        order_id=order_id or email, cents=cents, currency="EUR", customer=CustomerRef(email=email), occurred_at=NOON
    )
    return await converting.convert(order=order, at=NOON)


async def signs(referral: UUID | None) -> list[str]:
    rows = await ground.fetch("SELECT signal FROM referral_signal WHERE referral = $1 ORDER BY signal", referral)
    return [row["signal"] for row in rows]


async def program() -> UUID:
    return (await offering.current(at=NOON)).id


async def signed_up(code: str, email: str, *, peer: str) -> UUID | None:
    """A friend signs up from a network and confirms; their referral."""
    form = accepting.Form(
        email=email,
        given_name="Bert",
        family_name="Beispiel",
        language="de",
        terms=(await texts.current(kind="terms", language="de")).id,
        consents={"survey": False},
        evidence={"peer": peer},
    )
    request = await accepting.accept(code=code, form=form, at=NOON)
    assert request is not None
    await confirming.confirm(request=request, evidence={}, at=NOON)
    rows = await ground.fetch("SELECT id FROM referral WHERE request = $1", request)
    return UUID(str(rows[0]["id"]))


async def circled(length: int) -> UUID:
    """People who recommend one another in a circle; the id of the referral that closes it."""
    offer, terms = await offering.current(at=NOON), (await texts.current(kind="terms", language="de")).id
    people = [
        await whole.person(f"{number}@kreis.example", at=NOON, name=f"Nummer {number}") for number in range(length)
    ]
    made = []
    for place, advocate in enumerate(people):
        await whole.advocate(f"{place}@kreis.example", at=NOON)
        made += await ground.fetch(
            _RECOMMEND,
            offer.id,
            advocate,
            people[(place + 1) % length],
            uuid4(),
            terms,
            NOON,
        )
    return UUID(str(made[-1]["id"]))


async def test_two_strangers_leave_no_sign(code: str):
    await whole.friend(code, BERT, at=NOON)
    done = await bought(BERT)
    assert (done.referral_state, await signs(done.referral)) == ("approved", [])


@pytest.mark.parametrize("length", [2, 3, 4, 5])
async def test_a_circle_is_found_however_many_are_in_it(code: str, length: int):
    closing = await circled(length)
    known = await gathering.gather(referral=closing, large_order=False)
    assert known.facts.circle == length


async def test_a_circle_that_is_too_long_and_a_chain_are_none(code: str):
    closing = await circled(6)
    assert (await gathering.gather(referral=closing, large_order=False)).facts.circle is None
    await ground.execute("DELETE FROM referral WHERE id = $1", closing)
    for row in await ground.fetch("SELECT id FROM referral"):
        assert (await gathering.gather(referral=row["id"], large_order=False)).facts.circle is None


async def test_whoever_bought_before_is_looked_at(code: str):
    await whole.friend(code, BERT, at=NOON)
    order = Order(
        order_id="alt",
        cents=100,
        currency="EUR",
        customer=CustomerRef(email=BERT),
        occurred_at=NOON - timedelta(days=90),
    )
    await converting.convert(order=order, at=NOON)
    done = await bought(BERT)
    assert (done.referral_state, await signs(done.referral)) == ("in_review", ["bought_before"])


@pytest.mark.parametrize(
    ("known", "sign"),
    [
        ({"email": "bert.beispiel@gmail.com"}, ["known_before"]),
        ({"email": "bb@alt.example", "given_name": "Bert", "family_name": "Beispiel", "phone": "+493098765"}, []),
        (
            {"email": "bb@alt.example", "given_name": "Bert", "family_name": "Beispiel", "phone": "+493012345"},
            ["known_before"],
        ),
        ({"email": "bb@alt.example", "given_name": "Berta", "family_name": "Beispiel", "phone": "+493012345"}, []),
    ],
)
async def test_a_customer_under_another_spelling_is_known(code: str, known: dict[str, str], sign: list[str]):
    await registering.register(record=Record(**known), source="test", at=NOON - timedelta(days=900))
    friend = "bert.beispiel+neu@gmail.com"
    await whole.friend(code, friend, at=NOON)
    await registering.register(record=Record(email=friend, phone="+493012345"), source="test", at=NOON)
    done = await bought(friend)
    assert await signs(done.referral) == sign


async def test_one_network_on_one_day_is_noted_and_nothing_of_it_kept(code: str):
    first = await signed_up(code, BERT, peer="192.0.2.0/24")
    second = await signed_up(code, "emil@people.example", peer="192.0.2.0/24")
    third = await signed_up(code, "frieda@people.example", peer="198.51.100.0/24")
    assert [await signs(each) for each in (first, second, third)] == [[], ["same_network"], []]
    assert (await bought("emil@people.example")).referral_state == "approved", "a network alone makes nobody look"


async def test_many_friends_in_an_hour_are_a_sign_where_others_bring_few(code: str):
    emails = [f"freund{number}@people.example" for number in range(6)]
    for email in emails:
        await whole.friend(code, email, at=NOON)
    done = await bought(emails[-1])
    assert (done.referral_state, await signs(done.referral)) == ("approved", ["velocity"])


async def test_an_advocate_whose_friends_give_back_is_looked_at_with_something_else(code: str):
    emails = [f"freund{number}@people.example" for number in range(3)]
    for email in emails:
        await whole.friend(code, email, at=NOON)
    for email in emails[:2]:
        await bought(email)
        await refunding.refund(order_id=email, actor="key:test", at=NOON)
    assert await signs((await bought(emails[2])).referral) == ["refunds"]


async def test_a_sign_is_noted_once_and_never_changed(code: str):
    await whole.friend(code, BERT, at=NOON)
    referral = (await bought(BERT, cents=600_000)).referral
    assert referral is not None
    for large in (True, False):
        assert await looking.look(referral=referral, large_order=large, at=NOON + timedelta(days=1))
    rows = await ground.fetch("SELECT signal, weight, at FROM referral_signal")
    assert rows == [{"signal": "large_order", "weight": 100, "at": NOON}]
    for statement in ("UPDATE referral_signal SET weight = 1", "DELETE FROM referral_signal"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with ground.savepoint():
                await ground.execute(statement)


async def test_a_program_in_which_all_weighs_nothing_holds_nobody(code: str):
    await weighing.weigh(program=await program(), wanted=dict.fromkeys(rules.TUNABLE, 0), actor="staff:test", at=NOON)
    twin = "anna+selbst@people.example"
    await whole.friend(code, twin, at=NOON)
    done = await bought(twin, cents=600_000)
    assert (done.referral_state, await signs(done.referral)) == ("approved", [])


async def test_weights_are_tried_on_what_was_seen_before_they_hold(code: str):
    for number, cents in enumerate((90_000, 600_000)):
        await whole.friend(code, f"freund{number}@people.example", at=NOON)
        await bought(f"freund{number}@people.example", cents=cents)
    offer = await program()
    lighter = await weighing.preview(program=offer, wanted={**rules.WEIGHTS, "large_order": 99})
    assert (lighter.of, lighter.looked_at, lighter.were) == (2, 0, 1)
    assert (await weighing.weights(program=offer))["large_order"] == 100, "to try is not to choose"
    with pytest.raises(Refusals):
        await weighing.weigh(program=offer, wanted={"circle": 101}, actor="staff:test", at=NOON)


async def test_looking_asks_as_often_however_much_there_is(code: str, monkeypatch: pytest.MonkeyPatch):
    fetch, asked = ground.fetch, []
    monkeypatch.setattr(ground, "fetch", lambda *sql: asked.append(sql) or fetch(*sql))
    counts = []
    for number in range(6):
        await whole.friend(code, f"friend{number}@people.example", at=NOON)
        newest = (await fetch("SELECT id FROM referral ORDER BY attributed_at DESC, id"))[0]["id"]
        asked.clear()
        await gathering.gather(referral=newest, large_order=False)
        counts.append(len(asked))
    assert set(counts[1:]) == {counts[0]}
    assert counts[0] <= 4
