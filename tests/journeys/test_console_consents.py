"""The proof of one person's consents, at the desk and in the portal: read, saved, noted, and kept from others."""

import json
from collections.abc import Callable

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars, staffing
from tests.journeys.guests import Form, Guest

Visit = Callable[..., Guest]
NOTED = """
SELECT detail ->> 'form' AS form, detail ->> 'reason' AS reason FROM audit_entry WHERE action = $1 AND subject = $2
"""


async def clara_at(deployment: Deployment, tenant: Tenant) -> guests.Surveyed:
    """Clara, whose consent to be surveyed came from elsewhere."""
    return await guests.surveyed(deployment, tenant)


@pytest.mark.parametrize(("lang", "unbroken"), [("de", "lückenlos"), ("en", "complete and unchanged")])
async def test_the_privacy_officer_reads_the_proof(
    deployment: Deployment, birke: Tenant, visit: Visit, lang: str, unbroken: str
):
    clara = await clara_at(deployment, birke)
    desk = await staffing.at_desk(deployment, visit, birke, role="privacy_officer")
    await desk.open(f"/console/customers/{clara.customer}/consents?lang={lang}")
    assert desk.answer.status_code == 200
    assert unbroken in desk.page
    assert clara.email not in desk.page, "who reads along need not reach her"


@pytest.mark.parametrize(
    ("lang", "form", "begins"),
    [("de", "pdf", b"%PDF"), ("en", "pdf", b"%PDF"), ("en", "json", b"{"), ("de", "iso", b"{")],
)
async def test_the_proof_is_taken_along_for_a_reason_with_a_code_and_that_is_noted(
    deployment: Deployment, birke: Tenant, visit: Visit, lang: str, form: str, begins: bytes
):
    clara = await clara_at(deployment, birke)
    officer = await staffing.enrolled(deployment, birke, role="privacy_officer")
    desk = await staffing.signed_in(deployment, visit, birke, officer)
    await desk.open(f"/console/customers/{clara.customer}/consents?lang={lang}")
    await desk.submit("/consents/proof", form=form, reason="claim", code=officer.code())
    assert desk.answer.status_code == 200, desk.page
    assert desk.answer.content.startswith(begins)
    assert "attachment" in desk.answer.headers["content-disposition"]
    if form == "json":
        assert clara.email in desk.page, "the file has it in full"
    noted = await regulars.rows(deployment, birke, NOTED, "consent.proof_saved", clara.customer)
    assert noted == [{"form": form, "reason": "claim"}]


@pytest.mark.parametrize("missing", ["reason", "code"])
async def test_a_borrowed_browser_takes_no_proof_along_and_neither_does_who_gives_no_reason(
    deployment: Deployment, birke: Tenant, visit: Visit, missing: str
):
    clara = await clara_at(deployment, birke)
    mallory = await staffing.enrolled(deployment, birke, role="privacy_officer", name="Mallory")
    desk = await staffing.signed_in(deployment, visit, birke, mallory)
    await desk.open(f"/console/customers/{clara.customer}/consents")
    told = {"reason": "claim", "code": mallory.code()} | {
        missing: {"reason": "", "code": mallory.wrong_code()}[missing]
    }
    await desk.submit("/consents/proof", form="json", **told)
    assert (desk.answer.status_code, f'id="{missing}-wrong"' in desk.page) == (422, True)
    assert await regulars.rows(deployment, birke, NOTED, "consent.proof_saved", clara.customer) == []


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
    await desk.send(here, **paper | {"said_at": "0001-01-01T00:00"}, words="Ja, gern.", reference="Mappe 3")
    assert desk.answer.status_code == 422, "a moment before all clocks is none"
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
    noted = await regulars.rows(deployment, birke, NOTED, "consent.receipt_saved", anna.customer)
    assert {row["form"] for row in noted} == {"json", "pdf"}
