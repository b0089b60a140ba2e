"""Response is read over all surveys, led to from each survey and wave, and taken along for a reason alone."""

import csv
import io
import re
from collections.abc import Callable

import pytest

from leumund.audit import listing
from leumund.kit import clock
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.desks import come, said
from tests.journeys.guests import OURS, Guest
from tests.journeys.test_console_questions import queries
from tests.rooms import test_rates as rooms
from tests.rooms.test_anonymous import ASKED as ANONYMOUS

RATES = "/console/surveys/rates"


async def asked(deployment: Deployment, tenant: Tenant) -> None:
    """Twelve were asked by a wave of which six answered, and eight anonymously, of whom three did."""
    at = clock.now()
    persons = await come(deployment, tenant, *[rooms.guest(n) for n in range(20)])
    async with deployment.scopes.inside(tenant):
        await publishing.publish(key="ehrlich", definition=ANONYMOUS, named=False, at=at)
        await rooms.asked(persons[:12], of=await rooms.wave(), answered=6, at=at)
        await rooms.asked(persons[12:], key="ehrlich", of=await rooms.wave("ehrlich"), answered=3, at=at)


async def test_response_is_read_over_all_surveys_and_of_one_and_few_anonymous_answers_nowhere(deployment, birke, desk):
    await asked(deployment, birke)
    guest = await desk(role="viewer")
    await guest.open("/console/surveys")
    assert f'href="{RATES}"' in guest.page
    await guest.open(RATES)
    page = said(guest.page)
    assert "50 %" in page
    assert "8 Gefragte nicht ausgewertet" in page
    assert "Anonym" in page
    assert "Zahlen mitnehmen" not in page, "a viewer takes nothing along"
    await guest.open(RATES + "?survey=ehrlich&lang=en")
    page = said(guest.page)
    assert "50%" not in page
    assert "too few" in page
    await guest.open(RATES + "?year=2019")
    assert "In dieser Zeit wurde niemand gefragt" in said(guest.page)


async def test_each_survey_and_each_wave_leads_to_its_response(deployment, birke, desk):
    await asked(deployment, birke)
    guest = await desk()
    await guest.open("/console/surveys/results/nps")
    assert f'href="{RATES}?survey=nps"' in guest.page
    await guest.open(RATES)
    waves = re.findall(r'href="(/console/surveys/waves/[^"/]{36})"', guest.page)
    assert len(waves) == 2
    await guest.open(waves[0])
    assert f'href="{RATES}?survey=' in guest.page


async def test_response_is_taken_along_as_it_is_shown_and_noted(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest]
):
    await asked(deployment, birke)
    olivia = await staffing.enrolled(deployment, birke, role="marketing")
    guest = await staffing.signed_in(deployment, visit, birke, olivia)
    sent = {"reason": "review", "year": "", "survey": "", "code": olivia.code()}
    answer = await guest.client.post(RATES + "/export", data=sent, headers=OURS)
    assert answer.status_code == 200
    rows = [*csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";")]
    assert rows[1][:7] == ["Gesamt", "", "20", "20", "6", "8", "0.5"]
    assert ["Umfrage", "Anonym", "8", "8", "0", "8", "", "", ""] in rows
    async with deployment.scopes.reading(birke):
        newest = (await listing.page()).rows[0]
    assert (newest.action, newest.detail) == (
        "surveys.rates_exported",
        {"survey": "", "year": None, "reason": "review"},
    )


@pytest.mark.parametrize("missing", ["reason", "code"])
async def test_a_borrowed_browser_takes_no_response_along(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest], missing: str
):
    await asked(deployment, birke)
    mallory = await staffing.enrolled(deployment, birke)
    guest = await staffing.signed_in(deployment, visit, birke, mallory)
    sent = {"reason": "review", "code": mallory.code()}
    sent |= {missing: mallory.wrong_code() if missing == "code" else ""}
    answer = await guest.client.post(RATES + "/export", data=sent, headers=OURS)
    assert (answer.status_code, f'id="{missing}-wrong"' in answer.text) == (422, True)


async def test_response_asks_the_same_few_questions_of_few_and_of_many(deployment, birke, desk):
    guest = await desk()
    assert await queries(deployment, birke, guest, RATES) == 6
    await asked(deployment, birke)
    assert await queries(deployment, birke, guest, RATES) == 6


@pytest.mark.parametrize("role", ["support", "accounting"])
async def test_who_may_see_no_surveys_sees_no_response(birke, desk, role: str):
    guest = await desk(role=role)
    assert (await guest.open(RATES)).status_code == 403
    assert (await guest.client.post(RATES + "/export", data={}, headers=OURS)).status_code == 403
