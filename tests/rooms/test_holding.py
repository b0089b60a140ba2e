"""Whose data rest, or are about to go, nobody comes across and nobody writes to."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from leumund.customers.records import finding, holding, registering
from leumund.customers.records.finding import CustomerUnknown
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.messages import delivering, sending
from leumund.privacy.forgetting import erasing
from leumund.privacy.forgetting.erasing import NotErasing
from leumund.privacy.rights import objecting, restricting
from leumund.privacy.rights.restricting import NotRestricted
from leumund.referrals.finding import UnknownCode
from leumund.rewards import listing
from leumund.surveys.answers import listing as answers
from tests.conftest import NOON
from tests.rooms import whole

ANNA, BERT, OFFICER = "anna@kundin.example", "bert@freund.example", "staff:00000000-0000-0000-0000-000000000001"


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna, who recommended to Bert and said something in a survey."""
    await whole.company(at=NOON)
    await registering.register(
        record=Record(email=ANNA, given_name="Anna", family_name="Kanarienvogel"), source="test", at=NOON
    )
    code = await whole.advocate(ANNA, at=NOON)
    await whole.friend(code, BERT, at=NOON)
    person = await finding.by_email(email=ANNA)
    assert person is not None
    await whole.answered(person.id, score=9, comment="Prima", at=NOON)
    return person.id


async def _restrict(anna: UUID) -> None:
    await restricting.restrict(customer=anna, reason="accuracy_contested", actor=OFFICER, at=NOON)


async def _begin_erasure(anna: UUID) -> None:
    await erasing.begin(customer=anna, reason="no_longer_needed", actor=f"customer:{anna}", language="de", at=NOON)


async def _code(anna: UUID) -> str:
    return str((await ground.fetch("SELECT code FROM share_link WHERE advocate = $1", anna))[0]["code"])


held = pytest.mark.parametrize("hold", [_restrict, _begin_erasure])
Holding = Callable[[UUID], Awaitable[None]]


async def test_anna_is_seen_before(anna: UUID):
    assert [person.id for person in (await finding.search(text="Kanarienvogel")).rows] == [anna]
    assert (await finding.seen(customer=anna)).id == anna
    assert (await whole.look_up(await _code(anna))).advocate == anna
    assert [said.name for said in (await answers.answers()).rows] == ["Anna Kanarienvogel"]
    assert (await listing.referrals()).rows[0]["advocate"] == "Anna Kanarienvogel"


@held
async def test_nobody_comes_across_her(anna: UUID, hold: Holding):
    await hold(anna)

    assert (await finding.search(text="Kanarienvogel")).rows == []
    assert anna not in [person.id for person in (await finding.search()).rows]
    with pytest.raises(CustomerUnknown):
        await finding.seen(customer=anna)
    with pytest.raises(UnknownCode):
        await whole.look_up(await _code(anna))
    assert (await answers.answers()).rows == []
    (referral,) = (await listing.referrals()).rows
    assert "Anna" not in referral["advocate"]
    assert "Bert" in referral["friend"], "the other one is not held"
    assert (await listing.referrals(text="Kanarienvogel")).rows == []


@held
async def test_nobody_writes_to_her_but_what_the_law_wants_said(anna: UUID, hold: Holding):
    await hold(anna)
    posted: list[str] = []

    async def post(mail: object) -> str:
        posted.append(str(mail))
        return "250"

    for kind in ("reward_released", "erasure_begun"):
        mail = await sending.queue(kind=kind, customer=anna, language="de", at=NOON)
        await delivering.deliver(message=mail, post=post, at=NOON)
    assert len(posted) == 1
    assert "in 30 Tagen" in posted[0].casefold() or "gel=C3=B6scht" in posted[0]


async def test_a_restriction_ends_three_days_after_she_was_told(anna: UUID):
    await _restrict(anna)
    assert not await restricting.restrict(customer=anna, reason="unlawful", actor=OFFICER, at=NOON), "once is enough"
    ends_at = await restricting.announce(customer=anna, actor=OFFICER, language="de", at=NOON)

    assert ends_at == NOON + restricting.TOLD_BEFORE
    told = await ground.fetch("SELECT kind FROM message WHERE customer = $1 AND kind = 'restriction_ending'", anna)
    assert len(told) == 1
    later = NOON + timedelta(days=1)
    assert await restricting.announce(customer=anna, actor=OFFICER, language="de", at=later) == ends_at
    assert await restricting.end_due(at=later) == 0
    assert await restricting.end_due(at=ends_at) == 1
    assert (await finding.seen(customer=anna)).held is None
    noted = await ground.fetch("SELECT action FROM audit_entry WHERE subject = $1 AND action LIKE '%restrict%'", anna)
    steps = {"restricted", "restriction_announced", "restriction_ended"}
    assert {row["action"] for row in noted} == {f"customer.{step}" for step in steps}


async def test_what_does_not_rest_cannot_end_resting(anna: UUID):
    with pytest.raises(NotRestricted):
        await restricting.announce(customer=anna, actor=OFFICER, language="de", at=NOON)


async def test_whoever_calls_an_erasure_off_stays_as_they_were(anna: UUID):
    await _restrict(anna)
    await _begin_erasure(anna)
    assert (await finding.known(customer=anna)).held == holding.ERASURE
    await restricting.announce(customer=anna, actor=OFFICER, language="de", at=NOON)
    assert await holding.due(kind=holding.ERASURE, at=NOON + erasing.GRACE - timedelta(seconds=1)) == []
    await erasing.cancel(customer=anna, actor=f"customer:{anna}", at=NOON)

    assert (await finding.known(customer=anna)).held == holding.RESTRICTION, "what rested before goes on resting"
    with pytest.raises(NotErasing):
        await erasing.cancel(customer=anna, actor=f"customer:{anna}", at=NOON)


async def test_begun_twice_the_first_thirty_days_count(anna: UUID):
    await _begin_erasure(anna)
    again = await erasing.begin(
        customer=anna, reason="unlawful", actor=OFFICER, language="de", at=NOON + timedelta(days=9)
    )
    assert again == NOON + erasing.GRACE


async def test_an_objection_ends_what_was_allowed_and_no_form_lifts_it(anna: UUID):
    await whole.allow(anna, ANNA, purpose="survey", at=NOON)
    assert await whole.is_allowed(anna, ANNA, purpose="survey")
    await objecting.to_advertising(customer=anna, source="portal", at=NOON + timedelta(hours=1))
    assert not await whole.is_allowed(anna, ANNA, purpose="survey")

    await whole.allow(anna, ANNA, purpose="survey", at=NOON + timedelta(hours=2))
    assert not await whole.is_allowed(anna, ANNA, purpose="survey")


async def test_an_objection_to_being_evaluated_stands(anna: UUID):
    assert not await objecting.objects_to_profiling(customer=anna)
    assert await objecting.to_profiling(customer=anna, actor=f"customer:{anna}", at=NOON)
    assert not await objecting.to_profiling(customer=anna, actor=f"customer:{anna}", at=NOON)
    assert await objecting.objects_to_profiling(customer=anna)
    assert len(await ground.fetch("SELECT FROM audit_entry WHERE action = 'customer.profiling_objected'")) == 1
