"""People decide: two of them above a limit, somebody else after an objection, and whoever is refused hears why."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.kit import ground
from leumund.kit.language import LANGUAGES
from leumund.messages import delivering
from leumund.privacy.cases import finding as cases
from leumund.privacy.rights import asserting, reconsidering
from leumund.privacy.rights.asserting import Person
from leumund.programs import offering, steering
from leumund.programs.steering import Frame
from leumund.referrals.signs import weighing
from leumund.rewards import converting, deciding, queueing, refunding, refusing, releasing, reminding, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.refusing import Refusal
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import books
from tests.conftest import NOON
from tests.rooms import caring, whole

ANNA, BERT = "anna.ahorn@people.example", "bert@people.example"
LARGE = 600_000
LATER = NOON + timedelta(days=15)
TERMS = msgspec.structs.replace(whole.TERMS, four_eyes_above_cents=500_000)
Result = TypeVar("Result")


async def waiting(*, cents: int = LARGE, friend: str = BERT) -> UUID:
    """A referral whose order is so large that somebody has to look."""
    await whole.friend(await whole.advocate(ANNA, at=NOON), friend, at=NOON)
    order = Order(order_id=friend, cents=cents, currency="EUR", customer=CustomerRef(email=friend), occurred_at=NOON)
    referral = (await converting.convert(order=order, at=NOON)).referral
    assert referral is not None
    return referral


async def state(referral: UUID) -> str:
    return str((await ground.fetch("SELECT state FROM referral WHERE id = $1", referral))[0]["state"])


async def person(referral: UUID, side: str) -> Person:
    (row,) = await ground.fetch("SELECT advocate, friend FROM referral WHERE id = $1", referral)
    return Person(customer=row[side], language="de")


async def refused(referral: UUID, *, by: UUID, category: str = "terms", words: str = "") -> None:
    refusal = Refusal(category=category, words=words)
    await reviewing.refuse(referral=referral, refusal=refusal, by=by, at=NOON)


async def objected(referral: UUID, side: str = "advocate", words: str = "Das stimmt so nicht.") -> None:
    await asserting.ask_for_review(person=await person(referral, side), referral=referral, words=words, at=NOON)


async def answers() -> list[str]:
    return [row["outcome"] for row in await ground.fetch("SELECT outcome FROM rights_case ORDER BY received_at, id")]


@pytest.fixture
async def team(inside: ground.Ground) -> dict[str, UUID]:
    """Marta owns, Sven helps; Gast may only look."""
    await whole.company(at=NOON, terms=TERMS)
    return {
        name: await caring.member(name, role=role)
        for name, role in (("Marta", "owner"), ("Sven", "support"), ("Gast", "viewer"))
    }


async def test_a_large_order_needs_two_members_and_one_is_not_two(team: dict[str, UUID]):
    referral = await waiting()
    assert not await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)
    assert (await state(referral), await books.lines()) == ("in_review", [])
    with pytest.raises(deciding.ApprovedAlready):
        await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)
    assert await reviewing.approve(referral=referral, by=team["Sven"], at=NOON)
    assert await state(referral) == "approved"
    assert [(each.verdict, each.name) for each in await deciding.story(referral=referral)] == [
        ("approved", "Marta"),
        ("approved", "Sven"),
    ]


async def test_an_order_at_the_limit_takes_one(team: dict[str, UUID]):
    await ground.execute("UPDATE program SET review_above_cents = 1")
    referral = await waiting(cents=500_000)
    assert await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)


async def test_one_of_two_may_still_refuse(team: dict[str, UUID]):
    referral = await waiting()
    await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)
    await refused(referral, by=team["Sven"])
    assert (await state(referral), await books.lines()) == ("rejected", [])


async def test_the_queue_says_what_waits_for_a_second(team: dict[str, UUID]):
    referral = await waiting()
    await waiting(cents=510_000, friend="emil@people.example")
    await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)
    queue = (await queueing.queue(order="largest")).rows
    assert [(each.cents, each.approvals, each.needs_two) for each in queue] == [(LARGE, 1, True), (510_000, 0, True)]


async def test_both_are_told_why_and_neither_of_the_other(team: dict[str, UUID]):
    referral = await waiting()
    await refused(referral, by=team["Marta"], category="new_customers", words="Siehe Ziffer 3 der Bedingungen.")
    mails = await ground.fetch("SELECT id, question FROM message WHERE kind = 'referral_refused' ORDER BY question")
    assert [mail["question"] for mail in mails] == ["new_customers.advocate", "new_customers.friend"]
    sent: list[Any] = []

    async def post(mail: Any) -> str:
        sent.append(mail)
        return "250 2.0.0"

    for mail in mails:
        await delivering.deliver(message=mail["id"], post=post, at=NOON)
    told = [str(mail.get_body(("plain",)).get_content()) for mail in sent]
    for text in told:
        assert "/portal/data" in text
        assert "Einspruch" in text
        assert "unsubscribe" not in text, "it advertises nothing"
    assert BERT not in told[0]
    assert "Bert" not in told[0]
    assert "schon vorher Kunde" not in told[0], "what the friend is, is nothing for Anna"
    assert ("schon vorher Kunde" in told[1], ANNA in told[1]) == (True, False)


@pytest.mark.parametrize("words", ["Das war doch Anna selbst.", "BEISPIEL kennen wir", f"siehe {BERT.upper()}"])
async def test_words_that_name_one_of_the_two_are_told_to_nobody(team: dict[str, UUID], words: str):
    referral = await waiting()
    with pytest.raises(refusing.NamesSomebody):
        await refused(referral, by=team["Marta"], words=words)


async def test_what_was_refused_is_told_to_each_of_the_two_on_their_side(team: dict[str, UUID]):
    referral = await waiting()
    await refused(referral, by=team["Marta"], category="other", words="Wir konnten den Kauf nicht finden.")
    for side in ("advocate", "friend"):
        (told,) = await refusing.told(customer=(await person(referral, side)).customer)
        assert (told.side, told.category, told.words) == (side, "other", "Wir konnten den Kauf nicht finden.")
        assert (told.object_until - told.refused_at).days == 42
    assert await refusing.told(customer=await whole.person("mallory@people.example", at=NOON)) == []


async def test_somebody_else_decides_about_an_objection_and_both_who_objected_are_answered(team: dict[str, UUID]):
    await ground.execute("UPDATE program SET four_eyes_above_cents = NULL")
    referral = await waiting()
    await refused(referral, by=team["Marta"])
    for side in ("advocate", "friend"):
        await objected(referral, side)
    told: dict[str, Any] = {"referral": referral, "verdict": "changed", "told": "Sie haben recht.", "at": NOON}
    with pytest.raises(deciding.OwnDecision):
        await reconsidering.decide(by=team["Marta"], **told)
    assert await reconsidering.decide(by=team["Sven"], **told)
    assert (await state(referral), await answers()) == ("approved", ["changed", "changed"])
    assert len(await ground.fetch("SELECT FROM reward")) == 2
    assert len(await ground.fetch("SELECT FROM message WHERE kind = 'rights_done'")) == 2
    with pytest.raises(reconsidering.NoObjection):
        await reconsidering.decide(by=team["Sven"], **told)


async def test_a_refusal_that_stands_pays_nothing_and_is_answered(team: dict[str, UUID]):
    referral = await waiting()
    await refused(referral, by=team["Marta"])
    await objected(referral)
    await reconsidering.decide(referral=referral, verdict="upheld", told="Es bleibt dabei.", by=team["Sven"], at=NOON)
    assert (await state(referral), await answers(), await books.lines()) == ("rejected", ["upheld"], [])


async def test_whoever_is_alone_looks_again_themselves(team: dict[str, UUID]):
    await ground.execute("UPDATE staff_member SET disabled_at = $1 WHERE id = $2", NOON, team["Sven"])
    referral = await waiting()
    await refused(referral, by=team["Marta"])
    await objected(referral)
    await reconsidering.decide(referral=referral, verdict="upheld", told="Es bleibt dabei.", by=team["Marta"], at=NOON)
    assert await answers() == ["upheld"]


async def test_after_an_objection_a_large_order_needs_two_again(team: dict[str, UUID]):
    referral = await waiting()
    await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)
    await refused(referral, by=team["Marta"])
    await objected(referral)
    told: dict[str, Any] = {"verdict": "changed", "told": "Wir prüfen neu.", "at": NOON}
    assert not await reconsidering.decide(referral=referral, by=team["Sven"], **told)
    assert (await state(referral), await books.lines()) == ("in_review", [])
    assert await reviewing.approve(referral=referral, by=team["Marta"], at=NOON)


async def test_what_was_refused_is_not_changed_by_words_at_the_case(team: dict[str, UUID]):
    referral = await waiting()
    await refused(referral, by=team["Marta"])
    await objected(referral)
    (row,) = await ground.fetch("SELECT id FROM rights_case")
    with pytest.raises(reconsidering.DecidedElsewhere):
        await reconsidering.finish_by_hand(
            case=row["id"], outcome="changed", told="Sie haben recht.", by=team["Sven"], at=NOON
        )
    assert (await cases.plain(case=row["id"])).is_open


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_for_each_side(language: str):
    from leumund.kit import language as speaking

    for category in deciding.CATEGORIES:
        assert speaking.text(f"console.reviews.category.{category}", language)
        for side in refusing.SIDES:
            assert speaking.text(f"mail.reason.{category}.{side}", language)


async def test_of_four_eyes_at_once_each_counts_once(deployment: Deployment, company: Tenant):
    async def do(deed: Callable[[], Awaitable[Result]]) -> Result:
        async with deployment.scopes.inside(company):
            return await deed()

    async def prepare() -> UUID:
        await whole.company(at=NOON, terms=TERMS)
        return await waiting()

    referral, members = await do(prepare), [uuid4(), uuid4()]
    told = await asyncio.gather(
        *(do(lambda by=by: reviewing.approve(referral=referral, by=by, at=NOON)) for by in members * 3),
        return_exceptions=True,
    )
    assert sorted(str(each) for each in told if isinstance(each, bool)) == ["False", "True"]
    assert all(isinstance(each, deciding.ApprovedAlready | reviewing.NotInReview | bool) for each in told)
    assert len(await do(lambda: ground.fetch("SELECT FROM reward"))) == 2


async def many(*friends: str) -> list[UUID]:
    """Friends of Anna's who bought for little, so that all are approved at once; their referrals."""
    return [await waiting(cents=90_000, friend=f"{friend}@people.example") for friend in friends]


async def pending(referral: UUID) -> list[str]:
    rows = await ground.fetch("SELECT state FROM reward WHERE referral = $1 ORDER BY side", referral)
    return [row["state"] for row in rows]


async def release(referral: UUID) -> None:
    for row in await ground.fetch("SELECT id FROM reward WHERE referral = $1 ORDER BY side", referral):
        await releasing.release(reward=row["id"], at=LATER)


@pytest.fixture
async def held(team: dict[str, UUID]) -> UUID:
    """Frieda's referral was approved; then two other friends of Anna's gave back what they had bought."""
    offer = (await offering.current(at=NOON)).id
    await weighing.weigh(program=offer, wanted={"refunds": 100}, actor="staff:test", at=NOON)
    *others, frieda = await many("dora", "emil", "frieda")
    assert [await state(each) for each in (*others, frieda)] == ["approved"] * 3
    for friend in ("dora", "emil"):
        await refunding.refund(order_id=f"{friend}@people.example", actor="key:test", at=NOON)
    await release(frieda)
    return frieda


async def test_what_comes_up_before_the_release_holds_it_and_cancels_nothing(held: UUID):
    assert (await state(held), await pending(held)) == ("approved", ["pending", "pending"])
    await release(held)
    (waits,) = (await queueing.queue(order="oldest")).rows
    assert (waits.id, waits.held, waits.signs) == (held, True, ["refunds"])
    assert len(await ground.fetch("SELECT FROM audit_entry WHERE action = 'referral.held'")) == 1


async def test_a_held_reward_goes_on_once_somebody_has_looked(held: UUID, team: dict[str, UUID]):
    assert await reviewing.approve(referral=held, by=team["Sven"], at=LATER)
    assert await queueing.waiting() == 0
    await release(held)
    assert await pending(held) == ["approved", "approved"], "what was looked at holds nothing again"


async def test_a_held_reward_may_be_refused_after_all_and_goes_back_to_the_budget(held: UUID, team: dict[str, UUID]):
    await reviewing.refuse(referral=held, refusal=Refusal(category="terms"), by=team["Sven"], at=LATER)
    assert (await state(held), await pending(held)) == ("rejected", ["canceled", "canceled"])
    assert {line.cents for line in await books.lines()} == {0}
    (told,) = await refusing.told(customer=(await person(held, "friend")).customer)
    assert told.category == "terms"


async def test_a_refund_of_what_is_held_ends_its_waiting(held: UUID):
    await refunding.refund(order_id="frieda@people.example", actor="key:test", at=LATER)
    assert (await state(held), await queueing.waiting()) == ("voided", 0)


async def test_where_nothing_comes_up_a_reward_is_released(team: dict[str, UUID]):
    (referral,) = await many("dora")
    await release(referral)
    assert await pending(referral) == ["approved", "approved"]


async def test_whoever_decides_is_reminded_once_a_week_of_what_waits_for_long(team: dict[str, UUID]):
    referral = await waiting()
    for days, told in ((1, 0), (3, 1), (4, 0), (9, 0), (10, 1)):
        assert await reminding.remind(at=NOON + timedelta(days=days)) == told, days
    assert await state(referral) == "in_review", "nothing lapses"
    mails = await ground.fetch("SELECT member FROM message WHERE kind = 'reviews_waiting'")
    assert {mail["member"] for mail in mails} == {team["Marta"], team["Sven"]}


async def test_what_was_refused_while_it_was_held_is_granted_anew_after_an_objection(held: UUID, team: dict[str, UUID]):
    await reviewing.refuse(referral=held, refusal=Refusal(category="terms"), by=team["Sven"], at=LATER)
    await objected(held)
    assert await reconsidering.decide(referral=held, verdict="changed", told="Ja.", by=team["Marta"], at=LATER)
    assert (await state(held), sorted(await pending(held))) == (
        "approved",
        ["canceled", "canceled", "pending", "pending"],
    )


async def test_a_limit_that_was_raised_for_an_order_that_waits_frees_nobody_from_the_second_pair_of_eyes(
    team: dict[str, UUID],
):
    """Sven may not set limits, and Marta may; neither decides alone by that."""
    referral, key = await waiting(), TERMS.key
    offer = await offering.current(at=NOON)
    for cents in (LARGE, None):
        frame = Frame(
            budget_cents=offer.budget_cents,
            review_above_cents=offer.review_above_cents,
            four_eyes_above_cents=cents,
            begins_at=None,
            ends_at=None,
        )
        seen = steering.told(await offering.current(at=LATER))
        await steering.settle(key=key, seen=seen, frame=frame, actor=f"staff:{team['Marta']}", at=LATER)
    assert not await reviewing.approve(referral=referral, by=team["Marta"], at=LATER)
    (waits,) = (await queueing.queue(order="oldest")).rows
    assert (waits.needs_two, (await reviewing.look(referral=referral)).needs_two) == (True, True)
    assert await reviewing.approve(referral=referral, by=team["Sven"], at=LATER)
