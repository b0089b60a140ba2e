"""Nobody gets more advertising than the company allows, whoever sends it, and data that rest get none."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from leumund.consent import addressing
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.messages import delivering, sending
from leumund.messages.gate import gating, limiting
from leumund.messages.gate.limiting import ALL, Limit
from tests.rooms.test_consent import ANNA
from tests.rooms.test_messages import NOON, Postbox, anna, invite, postbox, row

__all__ = ["anna", "postbox"]
DAY = timedelta(days=1)


async def sent_at(anna: UUID, postbox: Postbox, days: float) -> str:
    """What becomes of a survey's invitation that is due so many days after noon."""
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON + days * DAY)
    told = await row(message)
    return told.held_reason or told.state


async def allow(purpose: str, most: int, within_days: int) -> None:
    await limiting.limit(purpose=purpose, most=most, within_days=within_days, actor="system:test", at=NOON)


async def test_a_survey_is_asked_once_in_ninety_days(anna: UUID, postbox: Postbox):
    assert [await sent_at(anna, postbox, days) for days in (0, 89, 90)] == ["sent", "too_often", "sent"]
    assert len(postbox.mails) == 2
    held = await ground.fetch("SELECT detail ->> 'reason' AS why FROM audit_entry WHERE action = 'message.held'")
    assert [each["why"] for each in held] == ["too_often"], "no mail is lost without a word"


async def test_all_advertising_together_comes_twice_a_week(anna: UUID, postbox: Postbox):
    await allow("survey", 100, 1)
    days = (0, 1, 2, 6.9, 7, 7.5, 8)
    fates = [await sent_at(anna, postbox, day) for day in days]
    assert fates == ["sent", "sent", "too_often", "too_often", "sent", "too_often", "sent"]


async def test_the_companys_own_figure_counts_before_ours(anna: UUID, postbox: Postbox):
    assert (await limiting.limits())[ALL] == Limit(ALL, 2, 7)
    await allow("survey", 3, 1)
    await allow(ALL, 3, 1)
    await allow(ALL, 4, 1)
    limits = await limiting.limits()
    assert (limits[ALL], limits["survey"]) == (Limit(ALL, 4, 1), Limit("survey", 3, 1))
    assert len(await ground.fetch("SELECT FROM audit_entry WHERE action = 'messages.limited'")) == 3
    assert [await sent_at(anna, postbox, 0) for _ in range(4)] == ["sent", "sent", "sent", "too_often"]


async def test_none_at_all_is_a_limit_too(anna: UUID, postbox: Postbox):
    await allow(ALL, 0, 1)
    assert await sent_at(anna, postbox, 0) == "too_often"


async def test_what_is_no_advertising_knows_no_limit(anna: UUID, postbox: Postbox):
    await allow(ALL, 0, 1)
    message = await sending.queue(kind="reward_released", customer=anna, language="de", at=NOON)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    assert (await row(message)).state == "sent"
    await allow(ALL, 1, 1)
    assert await sent_at(anna, postbox, 0) == "sent", "nor does it count in one"


async def test_what_was_held_does_not_count(anna: UUID, postbox: Postbox):
    await allow("survey", 1, 2)
    assert [await sent_at(anna, postbox, days) for days in (0, 1, 2)] == ["sent", "too_often", "sent"]


@pytest.mark.parametrize(
    ("most", "within_days", "fields"),
    [(-1, 7, ["most"]), (1, 0, ["within_days"]), (5000, 400, ["most", "within_days"])],
)
async def test_a_figure_nobody_means_is_refused_beside_its_field(
    anna: UUID, most: int, within_days: int, fields: list[str]
):
    with pytest.raises(Refusals) as refused:
        await allow(ALL, most, within_days)
    assert [fault.field for fault in refused.value.faults] == fields


async def test_what_nobody_advertises_for_has_no_limit(anna: UUID):
    with pytest.raises(limiting.PurposeUnknown):
        await allow("nobodys", 1, 7)
    assert "nobodys" not in await limiting.limits()


@pytest.mark.parametrize("held", ["restriction", "erasure"])
async def test_whose_data_rest_gets_what_the_law_or_they_themselves_ask_for_and_nothing_else(
    anna: UUID, postbox: Postbox, held: str
):
    await ground.execute("UPDATE customer SET held = $2 WHERE id = $1", anna, held)
    fates = {}
    for kind in ("reward_released", "portal_login", "opt_in"):
        message = await sending.queue(kind=kind, customer=anna, subject_id=uuid4(), language="de", at=NOON)
        await delivering.deliver(message=message, post=postbox, at=NOON)
        told = await row(message)
        fates[kind] = told.held_reason or told.state
    assert fates == {"reward_released": held, "portal_login": "sent", "opt_in": "sent"}
    assert await sent_at(anna, postbox, 0) == held


async def test_many_are_asked_about_at_once_as_each_would_be(anna: UUID, postbox: Postbox):
    address, nobody = addressing.hashed(ANNA), uuid4()
    assert await sent_at(anna, postbox, 0) == "sent"
    reasons = await gating.hindrances(
        purpose="survey", addresses={anna: address, nobody: addressing.hashed("b@people.example")}, at=NOON + DAY
    )
    assert reasons == {anna: "too_often", nobody: "no_consent"}
    assert await gating.hindrances(purpose="survey", addresses={anna: address}, at=NOON + 90 * DAY) == {}
