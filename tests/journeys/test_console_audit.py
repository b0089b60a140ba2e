"""The log is searched by what happened, by whom, about whom and when, and taken along as a file that does nothing."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from leumund.audit import listing, noting
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.privacy.cases import opening
from leumund.privacy.cases.opening import Asked
from leumund.staff import api_keys
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Guest

Visit = Callable[..., Guest]
FORMULA = "=HYPERLINK(0)"


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> UUID:
    """A customer whom two entries are about, one of them through a mail."""
    async with deployment.scopes.inside(energy):
        record = Record(external_id="K-4711", given_name="Anna", family_name="Amsel", email="anna@amsel.example")
        person = (await registering.register(record=record, source="test", at=NOON)).id
        changes = {"email": ("anna@amsel.example", "a@birke.example")}
        await noting.note(actor="system:test", action="customer.changed", subject=person, changes=changes, at=NOON)
        await noting.note(actor="system:test", action="key.created", at=NOON - timedelta(days=3))
    return person


async def test_the_log_is_searched_by_each_of_its_sides(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: UUID
):
    desk = await staffing.at_desk(deployment, visit, energy)
    for sought, found in {
        "about=K-4711": True,
        f"about={anna}": True,
        "about=anna%40amsel.example": True,
        "about=K-4712": False,
        "about=K-4711&from=2026-11-23&until=2026-11-23": True,
        "about=K-4711&from=2026-11-24": False,
        "about=K-4711&until=2026-11-22": False,
        "about=K-4711&who=system": True,
        "about=K-4711&who=staff": False,
    }.items():
        await desk.open(f"/console/audit?{sought}")
        assert ("Anna Amsel" in desk.page) is found, sought
    await desk.open("/console/audit?q=api-schl%C3%BCssel+ANGELEGT&until=2026-11-20")
    assert "API-Schlüssel angelegt" in desk.page
    await desk.open("/console/audit?q=widerrufen+angelegt")
    assert "Nichts gefunden" in desk.page


async def test_what_somebody_asked_of_their_data_is_found_with_them_and_leads_to_the_request(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: UUID
):
    async with deployment.scopes.inside(energy):
        asked = Asked(kind="access", came="phone", customer=anna, language="de")
        case = await opening.open(asked=asked, actor=f"staff:{uuid4()}", at=NOON)
    desk = await staffing.at_desk(deployment, visit, energy)
    await desk.open("/console/audit?about=K-4711")
    assert f"/console/cases/{case}" in desk.page
    await desk.open("/console/audit?about=K-4712")
    assert str(case) not in desk.page


async def test_old_and_new_stand_there_masked(deployment: Deployment, energy: Tenant, visit: Visit, anna: UUID):
    desk = await staffing.at_desk(deployment, visit, energy)
    await desk.open("/console/audit?about=K-4711")
    assert "E-Mail-Adresse: a…@a… → a…@b…" in said(desk.page)
    assert "anna@amsel.example" not in desk.page


async def test_what_is_no_day_is_said_at_its_field(deployment: Deployment, energy: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, energy)
    for day in ("gestern", "9999-12-31"):
        assert (await desk.open(f"/console/audit?until={day}")).status_code == 422
        assert "Bitte geben Sie einen Tag ein" in desk.page


async def test_what_was_found_is_taken_along_inert_and_noted(deployment: Deployment, energy: Tenant, visit: Visit):
    anna = await staffing.enrolled(deployment, energy)
    desk = await staffing.signed_in(deployment, visit, energy, anna)
    await desk.client.post("/console/keys", data={"name": FORMULA, "scope_rewards.read": "yes"}, headers=OURS)
    async with deployment.scopes.inside(energy):
        key = next(each.id for each in await api_keys.every() if each.name == FORMULA)
        await noting.note(actor=f"key:{key}", action="customers.imported", at=NOON)
    asked = {"who": "key", "reason": "authority", "code": anna.code()}
    answer = await desk.client.post("/console/audit/export", data=asked, headers=OURS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert {row[2].partition(":")[0] for row in rows[1:]} == {"key"}
    assert "'" + FORMULA in {row[1] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    async with deployment.scopes.reading(energy):
        newest = (await listing.page()).rows[0]
    assert (newest.action, newest.detail) == ("audit.exported", {"reason": "authority", "entries": len(rows) - 1})
    await desk.open("/console/audit")
    assert "Grund: Anfrage einer Behörde" in said(desk.page)


@pytest.mark.parametrize("missing", ["reason", "code"])
async def test_a_borrowed_browser_takes_nothing_along_and_neither_does_who_gives_no_reason(
    deployment: Deployment, energy: Tenant, visit: Visit, missing: str
):
    mallory = await staffing.enrolled(deployment, energy)
    desk = await staffing.signed_in(deployment, visit, energy, mallory)
    shown = {"reason": "review", "code": mallory.code()} | {
        missing: {"reason": "", "code": mallory.wrong_code()}[missing]
    }
    answer = await desk.client.post("/console/audit/export", data={"who": "key", **shown}, headers=OURS)
    assert (answer.status_code, f'id="{missing}-wrong"' in answer.text) == (422, True)
    assert answer.headers["content-type"].startswith("text/html")
    assert '<option value="key" selected>' in answer.text, "what was searched for is still there"
    async with deployment.scopes.reading(energy):
        newest = (await listing.page()).rows[0]
    assert (newest.action, newest.actor) != ("audit.exported", f"staff:{mallory.member}")


async def test_what_is_no_day_takes_nothing_along(deployment: Deployment, energy: Tenant, visit: Visit):
    anna = await staffing.enrolled(deployment, energy)
    desk = await staffing.signed_in(deployment, visit, energy, anna)
    shown = {"from": "gestern", "reason": "review", "code": anna.code()}
    answer = await desk.client.post("/console/audit/export", data=shown, headers=OURS)
    assert (answer.status_code, 'id="from-wrong"' in answer.text) == (422, True)


@pytest.mark.parametrize("role", ["viewer", "marketing", "support", "accounting"])
async def test_mallory_without_the_right_takes_nothing(deployment: Deployment, energy: Tenant, visit: Visit, role: str):
    desk = await staffing.at_desk(deployment, visit, energy, role=role)
    assert (await desk.client.post("/console/audit/export", data={}, headers=OURS)).status_code == 403


async def test_one_persons_entries_are_found_by_their_index(deployment: Deployment, energy: Tenant, anna: UUID):
    async with deployment.scopes.inside(energy):
        # A table of a few rows is always read whole; the question is whether there is another way.
        await ground.execute("SET LOCAL enable_seqscan = off")
        await ground.execute("SET LOCAL enable_bitmapscan = off")
        plan = await ground.fetch(
            "EXPLAIN SELECT id FROM audit_entry WHERE subject = ANY ($1::uuid[]) ORDER BY at DESC, id DESC", [anna]
        )
    assert "audit_entry_subject" in str(plan)
