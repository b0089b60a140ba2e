"""The proof of one person's consents, at the desk and in the portal: read, saved, noted, and kept from others."""

import json
from collections.abc import Callable

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars, staffing
from tests.journeys.guests import Form, Guest

Visit = Callable[..., Guest]
NOTED = "SELECT detail ->> 'form' AS form FROM audit_entry WHERE action = $1 ORDER BY at"


async def clara_at(deployment: Deployment, tenant: Tenant) -> guests.Surveyed:
    """Clara, whose consent to be surveyed came from elsewhere."""
    return await guests.surveyed(deployment, tenant)


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_the_privacy_officer_reads_and_saves_the_proof_and_that_is_noted(
    deployment: Deployment, birke: Tenant, visit: Visit, lang: str
):
    clara = await clara_at(deployment, birke)
    desk = await staffing.at_desk(deployment, visit, birke, role="privacy_officer")
    before = len(await regulars.rows(deployment, birke, NOTED, "consent.proof_saved"))
    await desk.open(f"/console/customers/{clara.customer}/consents?lang={lang}")
    assert desk.answer.status_code == 200
    assert {"de": "lückenlos", "en": "complete and unchanged"}[lang] in desk.page
    assert clara.email in desk.page
    for form, begins in (("pdf", b"%PDF"), ("json", b"{"), ("iso", b"{")):
        await desk.submit("/consents/proof", form=form)
        assert desk.answer.status_code == 200
        assert desk.answer.content.startswith(begins)
        assert "attachment" in desk.answer.headers["content-disposition"]
        await desk.open(f"/console/customers/{clara.customer}/consents?lang={lang}")
    noted = await regulars.rows(deployment, birke, NOTED, "consent.proof_saved")
    assert [row["form"] for row in noted[before:]] == ["pdf", "json", "iso"]


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("accounting", 403), ("marketing", 200), ("support", 200)]
)
async def test_whoever_may_not_see_evidence_is_shown_and_given_none(
    deployment: Deployment, birke: Tenant, visit: Visit, role: str, status: int
):
    clara = await clara_at(deployment, birke)
    desk = await staffing.at_desk(deployment, visit, birke, role=role)
    await desk.open(f"/console/customers/{clara.customer}/consents")
    assert desk.answer.status_code == status
    assert "SHA-256" not in desk.page
    await desk.send(f"/console/customers/{clara.customer}/consents/proof", form="json")
    assert desk.answer.status_code == 403


async def test_support_enters_a_paper_and_an_objection_and_marketing_may_not(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    anna = await regulars.advocate(deployment, birke)
    here = f"/console/customers/{anna.customer}/consents"
    paper = {"purpose": "survey", "channel": "email", "way": "paper", "said_at": "2026-01-05T10:30", "taker": "Bert"}
    mallory = await staffing.at_desk(deployment, visit, birke, role="marketing", name="Mallory")
    await mallory.send(here, **paper, words="Ja.", reference="Mappe 3")
    assert mallory.answer.status_code == 403
    desk = await staffing.at_desk(deployment, visit, birke, role="support")
    await desk.open(here)
    await desk.send(here, **paper, words="Ja, gern.", reference="")
    assert desk.answer.status_code == 422
    assert Form(desk.page, "/consents").fields["taker"] == "Bert"
    await desk.send(here, **paper, words="Ja, gern.", reference="Mappe 3")
    assert desk.answer.status_code == 200
    await desk.send(f"{here}/end", kind="objection", by="phone", ending="", said="Keine Werbung mehr.")
    assert desk.answer.status_code == 200
    sql = "SELECT state, source FROM consent_event WHERE customer = $1 AND purpose = 'survey' ORDER BY position"
    told = [(row["state"], row["source"]) for row in await regulars.rows(deployment, birke, sql, anna.customer)]
    assert told[-2:] == [("given", "paper"), ("objected", "phone")]


async def test_the_person_finds_a_receipt_in_the_portal_and_saves_it(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    anna, phone = await regulars.advocate(deployment, birke), visit(birke, language="de")
    await phone.open("/portal/receipts")
    assert "/portal/login" in str(phone.answer.url)
    await phone.open(anna.enter)
    await phone.submit("/portal/enter/")
    await phone.open("/portal/receipts")
    assert phone.answer.status_code == 200
    assert "Ihre Belege" in phone.page
    await phone.submit("/portal/receipts", form="json")
    receipt = json.loads(phone.answer.content)
    assert receipt["record"]["pii_principal_id"] == str(anna.customer)
    await phone.open("/portal/receipts")
    await phone.submit("/portal/receipts", form="pdf")
    assert phone.answer.content.startswith(b"%PDF")
    noted = await regulars.rows(deployment, birke, NOTED, "consent.receipt_saved")
    assert {"json", "pdf"} <= {row["form"] for row in noted}
