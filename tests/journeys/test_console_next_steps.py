"""A customer's page says what helps next and why, with a way to it for whoever may do it."""

from datetime import timedelta
from uuid import UUID

import pytest

from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.surveys.caring import opening
from tests.journeys import desks
from tests.journeys.anatomy import Anatomy
from tests.journeys.desks import said
from tests.rooms import caring, whole

DAY = timedelta(days=1)
CLARA = "clara@people.example"
INVITE = {"de": "Zum Empfehlen einladen", "en": "Invite to recommend"}
ANSWER = {"de": "Zuerst antworten", "en": "Answer first"}


@pytest.fixture
async def clara(deployment, birke) -> UUID:
    """She gave a 10 a week ago, allows mails about the program, and was never invited."""
    (person,) = await desks.come(deployment, birke, Record(email=CLARA, given_name="Clara", family_name="Winter"))
    async with deployment.scopes.inside(birke):
        await whole.allow(person, CLARA, purpose="recommendation", at=clock.now() - 8 * DAY)
        await caring.answered(person, 10, at=clock.now() - 7 * DAY)
    return person


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_whoever_may_set_up_occasions_is_led_there(desk, clara, lang):
    guest = await desk(role="marketing")
    await guest.open(f"/console/customers/{clara}?lang={lang}")
    assert INVITE[lang] in said(guest.page)
    assert 'class="button quiet" href="/console/occasions' in guest.page
    assert Anatomy(guest.page).faults == []


async def test_support_sees_no_answers_and_is_told_nothing_of_them(desk, clara):
    guest = await desk(role="support", name="Susi")
    await guest.open(f"/console/customers/{clara}?lang=de")
    assert INVITE["de"] not in said(guest.page)


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_an_open_case_takes_the_place_of_the_invitation(deployment, birke, desk, clara, lang):
    async with deployment.scopes.inside(birke):
        answer = await caring.answered(clara, 2, at=clock.now() - 3 * DAY)
        case = await opening.open(answer=answer, at=clock.now() - 3 * DAY)
    for role, name in (("marketing", "Moni"), ("support", "Susi")):
        guest = await desk(role=role, name=name)
        await guest.open(f"/console/customers/{clara}?lang={lang}")
        words = said(guest.page)
        assert ANSWER[lang] in words
        assert INVITE[lang] not in words
        assert f"/console/care/{case}" in guest.page
    viewer = await desk(role="viewer", name="Vera")
    await viewer.open(f"/console/customers/{clara}?lang={lang}")
    assert ANSWER[lang] not in said(viewer.page), "whoever may not see cases is not told of one"
    assert INVITE[lang] not in said(viewer.page)
