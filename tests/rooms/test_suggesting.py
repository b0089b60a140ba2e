"""Next steps are suggested from what is really so of a customer, at the moment somebody looks."""

from datetime import timedelta
from uuid import UUID

import pytest

from leumund.consent.evidence import reading
from leumund.consent.stopping import withdrawing
from leumund.customers.records import finding, holding
from leumund.customers.records.holding import Hold
from leumund.insight import suggesting
from leumund.insight.suggesting import Shown
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.messages import listing as mails
from leumund.privacy.rights import objecting
from leumund.rewards import listing
from leumund.segmenting import classing, meaning
from leumund.surveys.answers import listing as answers
from leumund.surveys.caring import closing, contacting, opening
from tests.conftest import NOON
from tests.rooms import caring, segmented, whole

DAY = timedelta(days=1)
CLARA = "clara@people.example"


@pytest.fixture
async def clara(inside: Ground) -> UUID:
    """She gave a 10 a week ago and allows mails about the program."""
    await whole.company(at=NOON - 90 * DAY)
    person = await whole.person(CLARA, at=NOON - 60 * DAY, name="Clara")
    await whole.allow(person, CLARA, purpose="recommendation", at=NOON - 60 * DAY)
    await caring.answered(person, 10, at=NOON - 7 * DAY)
    return person


async def suggested(customer: UUID) -> list[str]:
    """What somebody who sees everything is told."""
    shown = Shown(
        person=await finding.known(customer=customer),
        mails=await mails.to_customer(customer=customer),
        sees_case=True,
        standing=await reading.standing(customer=customer, language="de"),
        answers=await answers.answers_of(customer=customer),
        referrals=await listing.referrals_with(customer=customer),
        classes=(await meaning.of_customer(customer=customer)).classes,
    )
    return [step.key for step in suggesting.suggest(await suggesting.about(customer=customer), shown, at=NOON)]


async def test_a_glad_customer_could_be_invited_until_the_program_has_invited(clara: UUID):
    assert await suggested(clara) == ["invite"]
    await ground.execute("INSERT INTO program_invitation SELECT id, $1, $2 FROM program", clara, NOON - DAY)
    assert await suggested(clara) == []


async def test_whoever_turns_unhappy_is_answered_and_not_invited(clara: UUID):
    answer = await caring.answered(clara, 2, at=NOON - DAY)
    assert await suggested(clara) == [], "before anybody looks after them"
    case = await opening.open(answer=answer, at=NOON - DAY)
    assert case is not None
    assert await suggested(clara) == ["answer"]
    susi = await caring.member("Susi", role="support")
    await contacting.reach(case=case, way="phone", note="", by=susi, at=NOON)
    assert await suggested(clara) == ["settle"]
    await closing.close(case=case, outcome="solved", note="", by=susi, at=NOON)
    assert await suggested(clara) == [], "the last thing they said is still that they are unhappy"


async def test_without_the_consent_nobody_is_to_be_invited(clara: UUID):
    await withdrawing.withdraw(customer=clara, email=CLARA, purpose="recommendation", source="test", at=NOON)
    assert await suggested(clara) == []


async def test_nothing_is_suggested_of_who_objected_to_being_evaluated(clara: UUID):
    await objecting.to_profiling(customer=clara, actor=f"customer:{clara}", at=NOON)
    assert await suggested(clara) == []


async def test_nothing_is_suggested_of_who_objected_to_advertising(clara: UUID):
    await objecting.to_advertising(customer=clara, source="test", at=NOON)
    answer = await caring.answered(clara, 2, at=NOON)
    await opening.open(answer=answer, at=NOON)
    assert await suggested(clara) == []


async def test_nothing_is_suggested_of_whose_data_rest(clara: UUID):
    await holding.hold(
        customer=clara,
        hold=Hold(kind="restriction", ground="x", actor="system:test", rights_case=None, began_at=NOON, due_at=None),
    )
    assert await suggested(clara) == []


async def test_a_fall_in_class_is_told_of_who_agreed_to_be_evaluated_as_long_as_they_do(inside: Ground):
    await whole.company(at=NOON)
    await segmented.offer_profiling(at=NOON)
    anna, bert = [await segmented.person(name, at=NOON) for name in ("anna", "bert")]
    emails = {each: (await finding.known(customer=each)).email for each in (anna, bert)}
    await segmented.bought(anna, 9_000, at=NOON - 3 * DAY)
    await segmented.bought(bert, 1_000, at=NOON - 3 * DAY)
    await classing.classify(at=NOON - 2 * DAY)
    await segmented.bought(bert, 90_000, at=NOON - DAY)
    await classing.classify(at=NOON - DAY)
    (ranked,) = (await meaning.of_customer(customer=anna)).classes
    assert (ranked.before, ranked.letter) == ("A", "B")
    (rose,) = (await meaning.of_customer(customer=bert)).classes
    assert (rose.before, rose.letter) == ("B", "A")
    await whole.allow(anna, emails[anna], purpose="survey", at=NOON)
    await whole.allow(bert, emails[bert], purpose="survey", at=NOON)
    assert "slipped" in await suggested(anna)
    assert "slipped" not in await suggested(bert)
    await withdrawing.withdraw(customer=anna, email=emails[anna], purpose="profile", source="test", at=NOON)
    assert "slipped" not in await suggested(anna)
