"""Whether a wave helps is told against people drawn by lot, who hear of no wave of its survey, and never of a few."""

from datetime import timedelta
from uuid import UUID

from leumund.insight import comparing
from leumund.kit import ground
from leumund.surveys.asking import counting, listing, planning
from tests.conftest import NOON
from tests.rooms import segmented, whole
from tests.rooms.test_surveys import ACTOR
from tests.rooms.test_waves import DAY, begun, changed, held, invited, people, refused

HALF = changed(control_percent=50)


async def drawn(wave: UUID) -> set[UUID]:
    return {person for person, reason in (await held(wave)).items() if reason == "control"}


async def bought(person: UUID, *, days: int) -> None:
    await segmented.bought(person, 100, at=NOON + days * DAY)


async def test_who_is_drawn_is_asked_by_no_wave_of_the_survey_and_compared_with(inside: ground.Ground):
    await whole.company(at=NOON)
    everybody = await people(40)
    draft = await planning.plan(plan=HALF, actor=ACTOR, at=NOON)
    due = await counting.due(wave=await listing.find(wave=draft), at=NOON)
    wave = await begun(HALF)
    control, asked = await drawn(wave), set(await invited(wave))

    assert control | asked == set(everybody)
    assert 8 <= len(control) <= 32
    assert (due.asked, due.held) == (len(asked), {"control": len(control)}), "the draft said so"
    again = await begun(HALF, at=NOON + 100 * DAY)
    assert await drawn(again) == control, "a lot that stays"
    assert len(await invited(await begun(at=NOON + 200 * DAY))) == 40, "a wave without one asks them too"

    for person in asked:
        await bought(person, days=59)
    for person in control:
        await bought(person, days=61)
    early = await comparing.of_wave(wave=wave, goal="bought", at=NOON + 59 * DAY)
    assert (early.written, early.control, early.difference) == (0, 0, None), "nobody before their days are over"
    found = await comparing.of_wave(wave=wave, goal="bought", at=NOON + timedelta(days=62))
    assert (found.written, found.control) == (len(asked), len(control))
    assert (found.written_share, found.control_share) == (100, 0)
    assert found.low is not None
    assert found.low > 0
    other = await comparing.of_wave(wave=wave, goal="recommended", at=NOON + timedelta(days=62))
    assert other.difference == 0


async def test_few_on_either_side_show_no_figure(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(7)
    wave = await begun(HALF)
    found = await comparing.of_wave(wave=wave, goal="bought", at=NOON + 90 * DAY)
    assert found.written + found.control == 7
    assert found.difference is found.written_share is found.control_share is None


async def test_a_share_nobody_should_leave_out_is_refused_at_its_field(inside: ground.Ground):
    await whole.company(at=NOON)
    assert await refused(changed(control_percent=51)) == {"control_percent"}
    assert await refused(changed(control_percent=-1)) == {"control_percent"}
    assert await refused(changed(goal="clicked")) == {"goal"}
