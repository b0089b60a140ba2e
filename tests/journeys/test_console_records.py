"""What the law has a company write down is written from what is set up, the same as page, PDF and JSON."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from leumund.customers.records.registering import Record
from leumund.kit import language
from leumund.privacy import register
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, staffing
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Guest

Visit = Callable[..., Guest]
TITLES = {
    ("activities", "de"): "Verzeichnis der Verarbeitungstätigkeiten",
    ("activities", "en"): "Record of processing activities",
    ("measures", "de"): "Technische und organisatorische Maßnahmen",
    ("measures", "en"): "Technical and organisational measures",
    ("report", "de"): "Rechenschaftsbericht",
    ("report", "en"): "Accountability report",
}


@pytest.mark.parametrize(("record", "lang"), TITLES, ids=str)
async def test_a_record_says_the_same_as_page_pdf_and_json(
    deployment: Deployment, energy: Tenant, visit: Visit, record: str, lang: str
):
    desk = await staffing.at_desk(deployment, visit, energy, role="privacy_officer")
    here = f"/console/records/{record}"
    assert (await desk.open(f"{here}?lang={lang}")).status_code == 200
    pdf = PdfReader(BytesIO((await desk.client.get(f"{here}/record.pdf?lang={lang}")).content))
    told = json.loads((await desk.client.get(f"{here}/record.json?lang={lang}")).text)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert told["title"] == TITLES[record, lang]
    for heading in [told["title"], *(section["heading"] for section in told["sections"])]:
        assert heading in said(desk.page)
        assert heading in words


async def test_the_record_names_who_handles_data_and_how_long_they_stay(
    deployment: Deployment, energy: Tenant, visit: Visit
):
    desk = await staffing.at_desk(deployment, visit, energy)
    await desk.open("/console/records/activities")
    page = said(desk.page)
    assert "Linden Energie GmbH" in page
    assert deployment.settings.base_domain in page
    for part in "abcdefg":
        assert f"{part}) " in page


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_the_record_weighs_up_each_legitimate_interest(
    deployment: Deployment, energy: Tenant, visit: Visit, lang: str
):
    desk = await staffing.at_desk(deployment, visit, energy, role="privacy_officer")
    await desk.open(f"/console/records/activities?lang={lang}")
    page, outcomes = said(desk.page), language.catalogue(lang).texts
    weighed = {key.split(".")[2] for key in outcomes if key.startswith("data.class.") and key.endswith(".weighed")}
    assert weighed == {name for name, told in register.read().classes.items() if told.basis == "legitimate_interest"}
    for name in weighed:
        assert outcomes[f"data.class.{name}.weighed"][0] in page
    assert outcomes["records.weighing.objection"][0] in page


async def test_the_measures_are_those_of_this_deployment(deployment: Deployment, energy: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, energy)
    await desk.open("/console/records/measures")
    page = said(desk.page)
    assert "Der Hauptschlüssel liegt in den Einstellungen" in page
    assert "Konten haben ihren zweiten Faktor eingerichtet" in page
    assert "Zu Sicherungen hat der Betreiber nichts angegeben" in page


async def test_the_companys_own_words_stand_in_its_records(deployment: Deployment, energy: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, energy, role="privacy_officer")
    answer = await desk.client.post("/console/records", data={"officer": "Dr. Paula Recht"}, headers=OURS)
    assert answer.status_code == 303
    await desk.open("/console/records/activities")
    assert "Dr. Paula Recht" in desk.page
    answer = await desk.client.post("/console/records", data={"officer": "x" * 2001}, headers=OURS)
    assert (answer.status_code, "officer-wrong" in answer.text) == (422, True)


async def test_the_report_counts_what_was_done_in_its_time_alone(deployment: Deployment, birke: Tenant, visit: Visit):
    annegret = await staffing.enrolled(deployment, birke, name="Annegret")
    desk = await staffing.signed_in(deployment, visit, birke, annegret)
    shown = {"reason": "review", "code": annegret.code()}
    assert (await desk.client.post("/console/audit/export", data=shown, headers=OURS)).status_code == 200
    (anna,) = await desks.come(deployment, birke, Record(email="anna@people.example"))
    asked = {"form": "json", "reason": "claim", "code": annegret.code(steps_ahead=1)}
    saved = await desk.client.post(f"/console/customers/{anna}/consents/proof", data=asked, headers=OURS)
    assert saved.status_code == 200
    await desk.open("/console/records/report")
    assert "Protokoll als Datei 1" in said(desk.page)
    assert "Einwilligungsnachweise als Datei 1" in said(desk.page)
    assert "Annegret" in desk.page
    for asked_for in ("from=2001-01-01&until=2001-12-31", "from=2001-12-31&until=2001-01-01"):
        await desk.open(f"/console/records/report?{asked_for}")
        assert "1. Jan. 2001 – 31. Dez. 2001" in said(desk.page), "in either order"
        assert "Protokoll als Datei" not in desk.page
    await desk.open("/console/records/report?until=2001-12-31")
    assert "31. Dez. 2000 – 31. Dez. 2001" in said(desk.page), "a year, where no beginning is told"


async def test_the_report_names_the_fields_nobody_fills(
    deployment: Deployment, birke: Tenant, desk: Callable[..., Awaitable[Guest]]
):
    guest = await desk(role="privacy_officer")
    await desks.come(deployment, birke, Record(email="anna@people.example", phone="+49 30 1234567", country="DE"))
    await guest.open("/console/records/report?lang=en")
    page = said(guest.page)
    assert "Telephone So that we can reach you" in page
    unused = re.search(r"Nobody has anything in: ([^.]+)\.", page)
    assert unused
    assert "Date of birth" in unused[1]
    assert not {"Telephone", "Country"} & set(unused[1].split(", "))
    await desks.come(deployment, birke, Record(external_id="K-1", birth_date=date(1980, 5, 1)))
    await guest.open("/console/records/report?lang=en")
    assert "1 of 2" in said(guest.page)
    unused = re.search(r"Nobody has anything in: ([^.]+)\.", said(guest.page))
    assert unused
    assert "Date of birth" not in unused[1]


@pytest.mark.parametrize("role", ["viewer", "marketing", "support", "accounting"])
async def test_mallory_without_the_right_reads_no_record(
    deployment: Deployment, energy: Tenant, visit: Visit, role: str
):
    desk = await staffing.at_desk(deployment, visit, energy, role=role)
    for page in ("", "/activities", "/activities/record.pdf", "/report/record.json"):
        assert (await desk.open(f"/console/records{page}")).status_code == 403


async def test_there_is_no_other_record(deployment: Deployment, energy: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, energy)
    for page in ("secrets", "secrets/record.pdf"):
        assert (await desk.open(f"/console/records/{page}")).status_code == 404
