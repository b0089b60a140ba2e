"""How to reach a person is masked on every page of the console, and the log names whoever had it shown."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import clock, dates
from leumund.staff import rules
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars, staffing
from tests.journeys.guests import Guest

Visit = Callable[..., Guest]
EMAIL, PHONE, BORN = "clara.quendel@people.example", "+4915123456789", date(1980, 2, 3)
LOOKED = "SELECT actor FROM audit_entry WHERE action = 'customer.contact_seen' AND subject = $1"
# The whole day: four figures alone stand by chance in the ids of a page.
REACHED = (EMAIL, PHONE, dates.day(BORN, "de"))


@pytest.fixture
async def clara(deployment: Deployment, birke: Tenant) -> UUID:
    """Somebody with an address, a number and a day of birth."""
    record = Record(email=EMAIL, phone=PHONE, birth_date=BORN, given_name="Clara", family_name="Quendel")
    async with deployment.scopes.inside(birke):
        return (await registering.register(record=record, source="test", at=clock.now())).id


@pytest.mark.parametrize("role", ["owner", "support", "privacy_officer"])
async def test_whoever_needs_them_asks_and_the_log_says_so(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: UUID, role: str
):
    desk = await staffing.at_desk(deployment, visit, birke, role=role)
    await desk.open(f"/console/customers/{clara}")
    assert not [told for told in REACHED if told in desk.page]
    assert "c…@p…" in desk.page, "enough to tell two of one name apart"
    assert await regulars.rows(deployment, birke, LOOKED, clara) == [], "looking at the page shows nothing to be noted"
    await desk.submit("/contact")
    assert desk.answer.status_code == 200
    assert not [told for told in REACHED if told not in desk.page]
    assert len(await regulars.rows(deployment, birke, LOOKED, clara)) == 1


@pytest.mark.parametrize("role", sorted({*rules.ROLES} - {"owner", "support", "privacy_officer"}))
async def test_whoever_need_not_reach_anybody_is_shown_nothing(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: UUID, role: str
):
    desk = await staffing.at_desk(deployment, visit, birke, role=role)
    await desk.open(f"/console/customers/{clara}")
    assert "/contact" not in desk.page
    await desk.send(f"/console/customers/{clara}/contact")
    assert desk.answer.status_code == 403
    assert await regulars.rows(deployment, birke, LOOKED, clara) == []


async def test_no_list_and_no_other_page_says_how_somebody_is_reached(
    deployment: Deployment, birke: Tenant, visit: Visit, clara: UUID
):
    anna = await regulars.advocate(deployment, birke)
    async with deployment.scopes.inside(birke):
        record = Record(email=guests.address_of("nameless"))
        nameless = (await registering.register(record=record, source="test", at=clock.now())).id
    desk = await staffing.at_desk(deployment, visit, birke)
    pages = ["", f"/{clara}/consents", f"/{anna.customer}", f"/{anna.customer}/consents", f"/{nameless}"]
    others = [f"/console/{name}" for name in ("messages", "referrals", "rewards", "surveys", "cases", "audit")]
    for page in [*(f"/console/customers{each}" for each in pages), *others]:
        assert (await desk.open(page)).status_code == 200
        told = [each for each in (*REACHED, BORN.isoformat(), anna.email, record.email) if each and each in desk.page]
        assert told == [], page
