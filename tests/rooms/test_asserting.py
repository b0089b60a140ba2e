"""What a person does by themselves in the portal is done at once, and answers nothing else they asked for."""

from uuid import UUID, uuid4

import pytest

from leumund.customers.records import finding as people
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.privacy.cases import finding, finishing, listing, opening, taking
from leumund.privacy.cases.opening import Asked
from leumund.privacy.rights import asserting, lifting, restricting
from leumund.privacy.rights.asserting import Against, Person
from leumund.privacy.rights.restricting import TOLD_BEFORE
from tests.conftest import NOON
from tests.rooms import whole

OFFICER = uuid4()


@pytest.fixture
async def anna(inside: Ground) -> Person:
    await whole.company(at=NOON)
    return Person(customer=await whole.person("anna@people.example", at=NOON), language="de")


async def states(person: Person) -> dict[str, str]:
    return {each.kind: each.state for each in await listing.of(customer=person.customer)}


async def case_of(person: Person) -> UUID:
    (case,) = [each.id for each in await listing.of(customer=person.customer) if each.closed_at is None]
    return case


async def finish(case: UUID) -> None:
    await taking.take(case=case, by=OFFICER, at=NOON)
    await finishing.finish(case=case, outcome="partly", told="Wir haben abgewogen.", by=OFFICER, at=NOON)


@pytest.mark.parametrize("against", ["advertising", "profiling"])
async def test_what_ends_at_once_is_answered_at_once(anna: Person, against: Against):
    await asserting.object_to(person=anna, against=against, words="", at=NOON)
    assert await states(anna) == {"objection": "done"}


@pytest.mark.parametrize("against", ["advertising", "profiling"])
async def test_what_has_to_be_weighed_up_is_not_answered_by_what_ends_at_once(anna: Person, against: Against):
    await asserting.object_to(person=anna, against="other", words="Keine Weitergabe.", at=NOON)
    await asserting.object_to(person=anna, against=against, words="", at=NOON)
    assert await states(anna) == {"objection": "identified"}
    story = await finding.story(case=await case_of(anna))
    assert [step.what for step in story] == ["received", "identified", "received", "objected"]


async def test_each_side_of_a_referral_may_have_it_looked_at_again_and_mallory_may_not(anna: Person):
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, "bert@people.example", at=NOON)
    (referral,) = await ground.fetch("SELECT id, friend FROM referral")
    bert = Person(customer=referral["friend"], language="de")
    mallory = Person(customer=await whole.person("mallory@people.example", at=NOON), language="de")
    with pytest.raises(asserting.DecisionUnknown):
        await asserting.ask_for_review(person=mallory, referral=referral["id"], words="Meins.", at=NOON)
    for person in (anna, bert):
        await asserting.ask_for_review(person=person, referral=referral["id"], words="Warum?", at=NOON)
        assert (await finding.plain(case=await case_of(person))).subject == referral["id"]


async def test_a_letter_about_something_else_is_not_answered_by_a_name_put_right(anna: Person):
    told = {"given_name": "Anne", "family_name": "", "phone": "", "birth_date": ""}
    letter = Asked(
        kind="rectification", customer=anna.customer, came="letter", language="de", words="Mein Kauf war im Mai."
    )
    await opening.open(asked=letter, actor=f"staff:{OFFICER}", at=NOON)
    assert await asserting.correct(person=anna, told=told, at=NOON)
    assert await states(anna) == {"rectification": "identified"}
    assert (await people.known(customer=anna.customer)).given_name == "Anne"
    await finish(await case_of(anna))
    assert await asserting.correct(person=anna, told={**told, "given_name": "Anna"}, at=NOON)
    assert await states(anna) == {"rectification": "done"}, "by itself it is done at once"


async def test_what_rested_while_an_objection_was_weighed_up_can_stop_resting(anna: Person):
    await asserting.object_to(person=anna, against="other", words="Keine Weitergabe.", at=NOON)
    assert (await people.known(customer=anna.customer)).held == "restriction"
    case = await case_of(anna)
    assert await lifting.resting(await finding.plain(case=case)) is None, "it is weighed up first"
    await finish(case)
    await lifting.announce(case=case, by=OFFICER, at=NOON)
    assert await restricting.end_due(at=NOON + TOLD_BEFORE) == 1
    assert (await people.known(customer=anna.customer)).held is None
