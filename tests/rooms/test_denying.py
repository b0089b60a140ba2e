"""What is denied after an approval is told as a refusal is, and whoever objects has somebody else decide once more."""

from uuid import UUID

import pytest

from leumund.kit import ground
from leumund.privacy.rights import asserting, reconsidering
from leumund.privacy.rights.asserting import Person
from leumund.programs.offers import Rule
from leumund.rewards import contesting, deciding, doubting, refusing, releasing, waiving
from tests.rooms import caring, whole
from tests.rooms.promising import BERT, LATER, NOON, SHARE, back, buys, owed, promised

BACK = Rule(key="back", side="friend", kind="credit", cents=700, most_times=None)
SECOND = Rule(key="second", side="advocate", kind="cash", cents=7000, milestone=2)

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
async def waits() -> tuple[UUID, UUID]:
    """Bert's second order is so large that a person looks: that order, and the referral."""
    await whole.friend(await promised([SHARE, BACK]), BERT, at=NOON)
    await buys("A-1", 10_000)
    told = await buys("A-2", 600_000)
    assert told.referral is not None
    assert told.conversion is not None
    return told.conversion, told.referral


async def mails() -> list[str]:
    rows = await ground.fetch("SELECT question FROM message WHERE kind = 'referral_refused' ORDER BY question")
    return [row["question"] for row in rows]


async def person(referral: UUID, side: str) -> Person:
    (row,) = await ground.fetch("SELECT advocate, friend FROM referral WHERE id = $1", referral)
    return Person(customer=row[side], language="de")


async def objected(referral: UUID, side: str = "advocate") -> None:
    await asserting.ask_for_review(person=await person(referral, side), referral=referral, words="Doch.", at=LATER)


async def test_both_whom_a_later_order_would_have_paid_are_told_why_and_how_to_object(waits: tuple[UUID, UUID]):
    conversion, referral = waits
    by = await caring.member("Sven", role="support")
    await waiving.let_be(conversion=conversion, by=by, at=LATER, why="order")
    assert await mails() == ["order.advocate", "order.friend"]
    for side in refusing.SIDES:
        (told,) = await refusing.told(customer=(await person(referral, side)).customer)
        assert (told.referral, told.side, told.category, told.refused_at) == (referral, side, "order", LATER)
        assert (told.object_until - LATER).days == contesting.OBJECT_WITHIN_DAYS
    assert await owed() == [700, 1000]


async def test_who_denied_decides_no_objection_and_who_is_right_gets_it(waits: tuple[UUID, UUID]):
    conversion, referral = waits
    sven, marta = [await caring.member(name, role="support") for name in ("Sven", "Marta")]
    await waiving.let_be(conversion=conversion, by=sven, at=LATER, why="terms")
    await objected(referral)
    assert len(await reconsidering.objections(referral=referral)) == 1
    with pytest.raises(deciding.OwnDecision):
        await reconsidering.decide(referral=referral, verdict="changed", told="Ja.", by=sven, at=LATER)
    assert await reconsidering.decide(referral=referral, verdict="changed", told="Ja.", by=marta, at=LATER)
    assert await owed() == [700, 700, 1000, 5000]
    assert (await doubting.doubts(at=LATER)).rows == []
    assert await refusing.told(customer=(await person(referral, "friend")).customer) == []
    with pytest.raises(reconsidering.NoObjection):
        await reconsidering.decide(referral=referral, verdict="changed", told="Ja.", by=marta, at=LATER)


async def test_what_is_upheld_stays_denied(waits: tuple[UUID, UUID]):
    conversion, referral = waits
    sven, marta = [await caring.member(name, role="support") for name in ("Sven", "Marta")]
    await waiving.let_be(conversion=conversion, by=sven, at=LATER, why="terms")
    await objected(referral, "friend")
    await reconsidering.decide(referral=referral, verdict="upheld", told="Nein.", by=marta, at=LATER)
    assert await owed() == [700, 1000]
    assert len(await refusing.told(customer=(await person(referral, "friend")).customer)) == 1


async def test_a_denial_gives_one_of_the_reasons_that_say_it_all(waits: tuple[UUID, UUID]):
    with pytest.raises(refusing.NoReason):
        await waiving.let_be(conversion=waits[0], by=UUID(int=1), at=LATER, why="other")


@pytest.mark.parametrize("released", [True, False])
async def test_whose_milestone_is_taken_back_alone_is_told_and_gets_it_again_where_they_are_right(released: bool):
    code = await promised([SHARE, SECOND])
    for name in ("bert", "clara"):
        await whole.friend(code, f"{name}@people.example", at=NOON)
        await buys(name, email=f"{name}@people.example")
    if released:
        for row in await ground.fetch("SELECT id FROM reward"):
            await releasing.release(reward=row["id"], at=LATER)
    await back("bert")
    (doubt,) = (await doubting.doubts(at=LATER)).rows
    sven, marta = [await caring.member(name, role="support") for name in ("Sven", "Marta")]
    await waiving.take_back(reward=doubt.id, by=sven, at=LATER, why="terms")
    assert (await mails(), [each for each in await owed() if each]) == (["terms.advocate"], [1000])
    assert await refusing.told(customer=doubt.friend) == []
    await objected(doubt.referral)
    await reconsidering.decide(referral=doubt.referral, verdict="changed", told="Ja.", by=marta, at=LATER)
    assert [each for each in await owed() if each] == [1000, 7000]
    assert await refusing.told(customer=doubt.advocate) == []
