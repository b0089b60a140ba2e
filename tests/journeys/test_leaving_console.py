"""The owner says in the console that the company leaves: read first, confirmed twice, and taken back by a button."""

from collections.abc import Callable

import pytest

from leumund.kit import clock
from leumund.operating import listing, office
from leumund.staff import changing, leaving
from leumund.staff.leaving import Word
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, staffing
from tests.journeys.guests import Guest
from tests.journeys.staffing import Colleague


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke, name="Anna")


@pytest.fixture
async def desk_of_anna(deployment: Deployment, birke: Tenant, anna: Colleague, visit: Callable[..., Guest]) -> Guest:
    guest = await staffing.signed_in(deployment, visit, birke, anna)
    await guest.open("/console/leaving")
    return guest


async def word(deployment: Deployment, tenant: Tenant) -> Word | None:
    async with deployment.scopes.reading(tenant):
        return await leaving.standing(at=clock.now())


async def noted(deployment: Deployment, tenant: Tenant) -> list[tuple[str, str]]:
    async with office.reading(deployment) as desk:
        return [(entry.actor, entry.action) for entry in (await listing.page(desk, tenant=tenant.id)).rows]


async def test_an_owner_says_it_with_the_companys_name_and_a_new_code(
    deployment: Deployment, birke: Tenant, anna: Colleague, desk_of_anna: Guest
):
    assert "Löschbescheinigung" in desks.said(desk_of_anna.page)
    answer = await desk_of_anna.submit("/console/leaving", ticked={"at_once"}, typed=birke.name, code=anna.code())
    assert answer.status_code == 200
    assert "um sofortige Löschung gebeten" in desks.said(desk_of_anna.page)
    given = await word(deployment, birke)
    assert given is not None
    assert (given.member, given.at_once) == (anna.member, True)
    assert await noted(deployment, birke) == [("system:owner", "company.asked_to_leave")]


async def test_the_word_is_taken_back_by_a_button(
    deployment: Deployment, birke: Tenant, anna: Colleague, desk_of_anna: Guest
):
    await desk_of_anna.submit("/console/leaving", typed=birke.name, code=anna.code())
    assert "Löschung nach 30 Tagen gebeten" in desks.said(desk_of_anna.page)
    await desk_of_anna.submit("/console/leaving/withdrawal")
    assert "Schön, dass Sie bleiben" in desks.said(desk_of_anna.page)
    assert await word(deployment, birke) is None
    await desk_of_anna.open("/console/audit")
    said = desks.said(desk_of_anna.page)
    assert "Um Löschung des Unternehmens gebeten" in said
    assert "Bitte um Löschung zurückgezogen" in said


@pytest.mark.parametrize("wrong", ["name", "code", "used"])
async def test_without_name_or_code_nothing_is_said(
    deployment: Deployment, birke: Tenant, anna: Colleague, desk_of_anna: Guest, wrong: str
):
    sent = {"typed": birke.name, "code": anna.code()} | {
        "name": {"typed": "Linden"},
        "code": {"code": anna.wrong_code()},
        "used": {},
    }[wrong]
    if wrong == "used":
        await desk_of_anna.submit("/console/leaving", **sent)
        await desk_of_anna.submit("/console/leaving/withdrawal")
    answer = await desk_of_anna.submit("/console/leaving", **sent)
    assert answer.status_code == 422
    assert await word(deployment, birke) is None


@pytest.mark.parametrize("role", ["viewer", "privacy_officer"])
async def test_nobody_but_an_owner_says_it(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest], role: str
):
    mallory = await staffing.enrolled(deployment, birke, role=role, name="Mallory")
    guest = await staffing.signed_in(deployment, visit, birke, mallory)
    assert (await guest.open("/console/leaving")).status_code == 403
    sent = {"typed": birke.name, "code": mallory.code(), "at_once": "yes"}
    assert (await guest.send("/console/leaving", **sent)).status_code == 403
    assert await word(deployment, birke) is None


async def test_the_word_of_whoever_owns_no_more_does_not_hold(
    deployment: Deployment, birke: Tenant, anna: Colleague, desk_of_anna: Guest
):
    await desk_of_anna.submit("/console/leaving", typed=birke.name, code=anna.code())
    given = await word(deployment, birke)
    assert given is not None
    async with deployment.scopes.reading(birke):
        assert await leaving.standing(at=given.holds_until) is None
    other = await staffing.enrolled(deployment, birke, name="Bert")
    async with deployment.scopes.inside(birke):
        await changing.disable(member=anna.member, actor=f"staff:{other.member}", at=clock.now())
    assert await word(deployment, birke) is None
