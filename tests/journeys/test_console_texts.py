"""Texts in the console: read to the letter, drafted, refused with reasons, published in both languages, renewed."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from playwright.async_api import Page, async_playwright
from pypdf import PdfReader

from leumund.company import processing
from leumund.company.processing import Described
from leumund.consent.texts import publishing
from leumund.demo.staging import Stage
from leumund.files import exporting, opening, reading
from leumund.kit import clock
from leumund.staff import sessions
from leumund.web.console import entering
from tests import served
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.journeys.people import CHROMIUM, CHROMIUM_FLAGS

PRINTER = Described(
    role="processor",
    name="Druck AG",
    address="Druckweg 3, 20095 Hamburg",
    country="DE",
    what_for={"de": "Druck der Karten", "en": "printing cards"},
)
VERSION = re.compile(r'href="(/console/texts/terms/versions/[0-9a-f-]{36})"')


async def asked(deployment, tenant) -> dict[str, int]:
    """The newest version of each text by language and purpose."""
    async with deployment.scopes.reading(tenant):
        return {f"{text.purpose or text.kind}.{text.language}": text.version for text in await publishing.all_current()}


async def test_every_text_is_listed_and_each_version_is_read_to_the_letter(birke, desk):
    guest = await desk(role="privacy_officer")
    await guest.open("/console/texts")
    assert {"Teilnahmebedingungen", "recommendation", "survey"} <= set(said(guest.page).split())
    await guest.open("/console/texts/terms")
    found = VERSION.search(guest.page)
    assert found
    await guest.open(found[1])
    assert "Wir zahlen." in said(guest.page)


@pytest.mark.parametrize("tongue", ["de", "en"])
async def test_a_consent_is_printed_to_be_signed_in_its_own_words(deployment, birke, desk, tongue):
    async with deployment.scopes.reading(birke):
        texts = {text.purpose or text.kind: text for text in await publishing.all_current() if text.language == tongue}
    consent, guest = texts["survey"], await desk(role="marketing")
    await guest.open("/console/texts/consent-survey")
    here = f"/console/texts/consent-survey/versions/{consent.id}/form.pdf"
    assert here in guest.page
    pdf = PdfReader(BytesIO((await guest.client.get(here)).content))
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == tongue
    for part in (consent.title, consent.wording, consent.sha256, "Linden Energie GmbH", "☐"):
        assert part in words
    assert not re.search("[☑☒✓✗]", words), "nobody ticked anything"
    terms = f"/console/texts/terms/versions/{texts['terms'].id}/form.pdf"
    assert (await guest.client.get(terms)).status_code == 404, "terms are no consent"
    assert "form.pdf" not in (await guest.open("/console/texts/terms")).text


@pytest.mark.parametrize("name", ["terms-x", "consent", "consent-nothing", "survey", "consent-%00", "consent-survey-x"])
async def test_what_is_no_text_is_no_page(birke, desk, name):
    guest = await desk()
    for page in ("", "/draft", "/preview?in=de", "/retirement", f"/versions/{uuid4()}"):
        assert (await guest.open(f"/console/texts/{name}{page}")).status_code == 404


async def test_whoever_may_only_see_changes_nothing(deployment, birke, desk):
    before = await asked(deployment, birke)
    guest = await desk(role="marketing")
    assert (await guest.open("/console/texts")).status_code == 200
    assert "/draft" not in guest.page
    await guest.open("/console/texts/terms")
    assert "Ändern können das nur Inhaber." in guest.page
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    for path in ("/terms/draft", "/terms/publication", "/terms/discarding", "/consent-survey/retirement", ""):
        answer = await guest.client.post(f"/console/texts{path}", data={"purpose": "birthday"}, headers=headers)
        assert answer.status_code == 403
    assert await asked(deployment, birke) == before


async def test_a_draft_is_kept_with_what_is_wrong_beside_its_field(deployment, birke, desk):
    guest = await desk()
    await guest.open("/console/texts/consent-survey/draft")
    bad = "Ja, Linden Energie GmbH und ihre Partner dürfen mir E-Mails schicken."
    await guest.submit("/consent-survey/draft", ticked={"channel_email"}, template_de=bad, about_de="alles")
    words = said(guest.page)
    assert "Als Entwurf gespeichert. Einiges ist noch zu ändern." in words
    for reason in ("„Partner“ begünstigt andere", "freiwillig", "widerrufen", "Im Text fehlt, worum es geht"):
        assert reason in words
    await guest.open("/console/texts/consent-survey/draft")
    assert bad in guest.page
    assert await asked(deployment, birke) == {
        "survey.de": 1,
        "survey.en": 1,
        "recommendation.de": 1,
        "recommendation.en": 1,
        "terms.de": 1,
        "terms.en": 1,
    }
    await guest.submit("/discarding")
    await guest.open("/console/texts/consent-survey/draft")
    assert bad not in guest.page


async def test_days_that_are_no_number_are_objected_to_and_promise_nothing_else(birke, desk):
    guest = await desk()
    for typed in ("zwei Wochen", "9999"):
        await guest.open("/console/texts/consent-survey/draft")
        await guest.submit("/consent-survey/draft", frequency_days=typed, ticked={"channel_email"})
        assert "Bitte geben Sie die Tage als ganze Zahl von 0 bis 3650 an." in said(guest.page)
    await guest.submit("/consent-survey/draft", frequency_days="60", ticked={"channel_email"})
    assert "als ganze Zahl" not in said(guest.page)


async def test_a_preview_shows_the_box_as_people_find_it_and_never_ticked(birke, desk):
    guest = await desk()
    await guest.open("/console/texts/consent-survey/preview?in=en")
    assert '<html lang="en">' in guest.page
    assert 'type="checkbox"' in guest.page
    assert "checked" not in guest.page
    assert (await guest.open("/console/texts/consent-survey/preview?in=fr")).status_code == 404


async def test_a_consent_is_retired_by_typing_its_name_out(deployment, birke, desk):
    guest = await desk()
    await guest.open("/console/texts/consent-survey/retirement")
    await guest.submit("/retirement", typed="surveys")
    assert guest.answer.status_code == 422
    assert "survey.de" in await asked(deployment, birke)
    await guest.submit("/retirement", typed="survey")
    assert "survey.de" not in await asked(deployment, birke)
    assert "Zurückgezogen" in said(guest.page)
    assert (await guest.open("/console/texts/consent-survey/retirement")).status_code == 404


async def test_in_a_browser_a_consent_is_published_another_refused_and_the_notice_renewed(stage: Stage, tmp_path):
    """German and English; what was published is written back as files, which change nothing when they are applied."""
    tenant = await served.like(stage.deployment, "linden")
    colleague = await staffing.enrolled(stage.deployment, tenant)
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = await chromium.new_context(locale="de-DE", java_script_enabled=False)
        await context.add_cookies([session])
        page = await context.new_page()
        await _begin_a_consent(page, origin)
        await _be_refused(page)
        assert "birthday.de" not in await asked(stage.deployment, tenant)
        await _publish(page)
        await _renew_the_notice(page, origin, stage, tenant)
        await chromium.close()
    versions = await asked(stage.deployment, tenant)
    assert (versions["birthday.de"], versions["birthday.en"], versions["notice.de"]) == (1, 1, 3)
    async with stage.deployment.scopes.reading(tenant):
        await exporting.export(tmp_path, slug=tenant.slug, hosts=[])
    assert await opening.apply_folder(stage.deployment, reading.read(tmp_path)) == [opening.NOTHING]


async def _begin_a_consent(page: Page, origin: str) -> None:
    await page.goto(f"{origin}/console/texts")
    await page.fill("#purpose", "birthday")
    await page.select_option("#like", "recommendation")
    await page.click("text=Entwurf beginnen")
    await page.fill("#title_de", "Ein Gruß zum Geburtstag")
    await page.fill("#about_de", "meinen Geburtstag")
    await page.fill("#title_en", "A birthday greeting")
    await page.fill("#about_en", "my birthday")


async def _be_refused(page: Page) -> None:
    good = await page.input_value("#template_en")
    await page.fill("#template_en", f"{good}\n\nThis includes our partners, for marketing purposes.")
    await page.click("text=In allen Sprachen veröffentlichen")
    reasons = await page.inner_text("#template_en-wrong")
    assert "„marketing purposes“ ist zu unbestimmt" in reasons
    assert "„our partners“" in reasons
    assert await page.locator("#template_de-wrong").count() == 0
    await page.fill("#template_en", good)


async def _publish(page: Page) -> None:
    await page.click("text=In allen Sprachen veröffentlichen")
    assert page.url.endswith("/console/texts?done=published")
    assert await page.locator(".notice.bad").count() == 1, "the notice does not tell of this consent yet"
    await _review(page, "Ein Gruß zum Geburtstag: meinen Geburtstag")


async def _review(page: Page, new: str) -> None:
    await page.click(".notice.bad a")
    assert new in " ".join(await page.locator("ins").all_inner_texts())
    await page.click("button[formaction]")
    assert page.url.partition("?")[2].startswith("done=published")
    assert await page.locator(".notice.bad").count() == 0


async def _renew_the_notice(page: Page, origin: str, stage: Stage, tenant) -> None:
    async with stage.deployment.scopes.inside(tenant):
        await processing.settle(wanted=[PRINTER], on=clock.now().date())
    await page.goto(f"{origin}/console/texts?lang=en")
    assert "no longer says what is set up" in await page.inner_text(".notice.bad")
    await _review(page, "Druck AG")
    await page.goto(f"{origin}/privacy?lang=en")
    assert "Druck AG, Druckweg 3, 20095 Hamburg: printing cards." in await page.inner_text("main")
