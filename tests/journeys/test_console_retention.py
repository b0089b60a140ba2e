"""How long data stay, what a hold keeps and what has gone: as the privacy officer sees and sets it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from leumund.audit import listing
from leumund.customers.records import finding
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground
from leumund.privacy.forgetting import lapsing, preserving, retaining
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.desks import come, said
from tests.journeys.guests import OURS, Guest
from tests.rooms import whole

Visit = Callable[..., Guest]
HERE = "/console/retention"
LATER = timedelta(days=3 * 366)


@pytest.fixture
async def birke(deployment: Deployment, company: Tenant) -> Tenant:
    """A company of this test's own, with Anna as a customer."""
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now())
    await come(deployment, company, Record(external_id="K-1", email="anna@people.example", given_name="Anna"))
    return company


async def held(desk: Guest, **fields: str) -> tuple[int, str]:
    given = {"what": "person", "person": "K-1", "reason": "Streit um eine Prämie", "until": ""} | fields
    answer = await desk.client.post(HERE, data=given, headers=OURS)
    return answer.status_code, answer.text


async def test_who_is_held_stays_until_the_hold_is_released(deployment: Deployment, birke: Tenant, visit: Visit):
    """The control is the same night after the release: then she goes."""
    desk = await staffing.at_desk(deployment, visit, birke, role="privacy_officer")
    assert (await held(desk))[0] == 303
    await desk.open(HERE)
    assert "Streit um eine Prämie" in desk.page
    assert await _lapsed(deployment, birke) == 0
    async with deployment.scopes.reading(birke):
        (hold,) = await preserving.standing(at=clock.now())
    released = await desk.client.post(f"{HERE}/{hold.id}/release", headers=OURS)
    assert released.headers["location"] == f"{HERE}?done=released"
    assert await _lapsed(deployment, birke) == 1
    assert (await desk.client.post(f"{HERE}/{hold.id}/release", headers=OURS)).status_code == 404
    async with deployment.scopes.reading(birke):
        noted = [entry.action for entry in (await listing.page()).rows]
    assert noted[:2] == ["retention.released", "retention.preserved"]


async def test_a_class_that_is_held_says_so_where_its_period_stands(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    desk = await staffing.at_desk(deployment, visit, birke)
    await desk.open(HERE)
    assert "angehalten" not in said(desk.page)
    assert (await held(desk, what="answers", reason="Betriebsprüfung", until="2099-12-31"))[0] == 303
    await desk.open(HERE)
    assert "angehalten" in said(desk.page)
    assert "2099" in said(desk.page)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "bald"}, "until"),
        ({"person": "Niemand"}, "person"),
        ({"person": "anna@"}, "person"),
        ({"what": "everything"}, "what"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    deployment: Deployment, birke: Tenant, visit: Visit, fields: dict[str, str], field: str
):
    desk = await staffing.at_desk(deployment, visit, birke)
    status, page = await held(desk, **{"reason": "Streit um eine Prämie"} | fields)
    assert (status, f'id="{field}-wrong"' in page) == (422, True)
    assert "Streit um eine Prämie" in page or field == "reason"
    async with deployment.scopes.reading(birke):
        assert await preserving.standing(at=clock.now()) == []


async def test_the_preview_counts_and_changes_nothing(deployment: Deployment, birke: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, birke)
    async with deployment.scopes.inside(birke):
        anna = await finding.by_email(email="anna@people.example")
        assert anna is not None
        await whole.answered(anna.id, score=9, comment="Prima", at=clock.now())
    before = await _answers(deployment, birke, anna.id)
    later = clock.now() + LATER
    async with deployment.scopes.inside(birke):
        foreseen = {each.data_class: each.amount for each in await retaining.foresee(at=later)}
    assert foreseen["answers"] >= 1
    await desk.open(f"{HERE}/preview")
    assert "Heute geht nichts" in said(desk.page)
    assert await _answers(deployment, birke, anna.id) == before
    async with deployment.scopes.inside(birke):
        await retaining.retain(at=later)
    await desk.open(HERE)
    assert "ohne Bezug zum Menschen" in said(desk.page)


@pytest.mark.parametrize("role", ["marketing", "support", "accounting", "viewer"])
async def test_mallory_of_another_department_sees_and_holds_nothing(
    deployment: Deployment, birke: Tenant, visit: Visit, role: str
):
    desk = await staffing.at_desk(deployment, visit, birke, role=role)
    assert (await desk.open(HERE)).status_code == 403
    assert (await held(desk))[0] == 403


async def test_it_speaks_english(deployment: Deployment, birke: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, birke)
    await desk.open(f"{HERE}?lang=en")
    assert "How long which data stay" in said(desk.page)


async def _lapsed(deployment: Deployment, tenant: Tenant) -> int:
    """How many people a night some years from now would let go."""
    async with deployment.scopes.reading(tenant):
        return len(await lapsing.lapsed(at=clock.now() + LATER * 2))


async def _answers(deployment: Deployment, tenant: Tenant, person: UUID) -> int:
    async with deployment.scopes.reading(tenant):
        return len(await ground.fetch("SELECT FROM survey_answer WHERE customer = $1", person))
