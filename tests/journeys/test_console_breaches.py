"""The register of breaches from the first word to the end, as page, PDF and JSON, and what an operator tells."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from leumund.kit import clock, ground
from leumund.privacy.breaches import listing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import shell
from tests.journeys import staffing
from tests.journeys.guests import OURS, Guest

Visit = Callable[..., Guest]
MAIL = "Eine Liste ging an die falsche Firma."


async def sent(desk: Guest, path: str, **fields: str) -> tuple[int, str]:
    answer = await desk.client.post(path, data=fields, headers=OURS)
    return answer.status_code, answer.text


async def recorded(desk: Guest) -> str:
    """The address of a breach that was recorded."""
    answer = await desk.client.post(
        "/console/breaches", data={"words": MAIL, "known_at": "2026-11-01T12:00"}, headers=OURS
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


async def test_a_breach_goes_from_its_first_word_to_its_end(deployment: Deployment, energy: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, energy, role="privacy_officer")
    here = await recorded(desk)
    await desk.open(here)
    assert MAIL in desk.page
    assert "Noch nicht ermittelt" in desk.page
    taken, _ = await sent(desk, f"{here}/steps", what="nature", words="Zwölf Adressen", people="12", records="")
    assert taken == 303
    await desk.open(here)
    assert "Zwölf Adressen" in desk.page
    assert (await sent(desk, f"{here}/steps", what="closed", words=""))[0] == 303
    await desk.open(here)
    assert "Nächster Schritt" not in desk.page
    await desk.open("/console/breaches")
    assert "Abgeschlossen" in desk.page


async def test_what_is_wrong_stands_at_its_field(deployment: Deployment, energy: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, energy)
    status, page = await sent(desk, "/console/breaches", words=MAIL, known_at="gestern")
    assert (status, "known_at-wrong" in page) == (422, True)
    here = await recorded(desk)
    status, page = await sent(desk, f"{here}/steps", what="nature", words="")
    assert (status, "words-wrong" in page) == (422, True)
    # Nobody concerned is a claim nobody made.
    status, page = await sent(desk, f"{here}/steps", what="nature", words="Adressen", people="viele", records="")
    assert (status, "people-wrong" in page) == (422, True)


@pytest.mark.parametrize(("lang", "title"), [("de", "Verletzung des Schutzes"), ("en", "Personal data breach")])
async def test_the_document_is_tagged_and_says_what_the_page_says(
    deployment: Deployment, energy: Tenant, visit: Visit, lang: str, title: str
):
    desk = await staffing.at_desk(deployment, visit, energy)
    here = (await recorded(desk)).partition("?")[0]
    pdf = PdfReader(BytesIO((await desk.client.get(f"{here}/breach.pdf?lang={lang}")).content))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert title in words
    assert MAIL in words
    told = json.loads((await desk.client.get(f"{here}/breach.json?lang={lang}")).text)
    assert MAIL in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("role", ["viewer", "marketing", "support", "accounting"])
async def test_mallory_without_the_right_reads_and_writes_none(
    deployment: Deployment, energy: Tenant, visit: Visit, role: str
):
    desk = await staffing.at_desk(deployment, visit, energy, role=role)
    assert (await desk.open("/console/breaches")).status_code == 403
    assert (await sent(desk, "/console/breaches", words=MAIL, known_at="2026-11-01T12:00"))[0] == 403


async def test_the_operator_tells_those_concerned_once_and_nobody_else(
    deployment: Deployment, brands: dict[str, Tenant], tmp_path: Path
):
    await staffing.enrolled(deployment, brands["linden"], role="privacy_officer", name="Paul")
    file = tmp_path / "breach.txt"
    file.write_text("Am 3. November lag ein Backup offen.", "utf-8")
    said = [await shell.told(deployment.settings, "breach", "tell", "linden", "--file", str(file)) for _ in range(2)]
    assert said[0][0] == 0, said
    assert "told, " in said[0][1]
    assert "was told before" in said[1][1]
    found = {}
    for slug, tenant in brands.items():
        async with deployment.scopes.reading(tenant):
            found[slug] = [each.happened for each in await listing.every(at=clock.now()) if each.source == "operator"]
            mails = await ground.fetch("SELECT member FROM message WHERE kind = 'breach_notice'")
            assert bool(mails) == (slug == "linden")
    assert found == {"linden": ["Am 3. November lag ein Backup offen."], "birke": []}
