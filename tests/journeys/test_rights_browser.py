"""A friend without an account and the privacy officer, each in a real browser, in German and in English."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, async_playwright, expect

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.demo import mailbox
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.privacy.cases import identifying, opening
from leumund.privacy.cases.opening import Asked
from leumund.staff import sessions
from leumund.web.console import entering
from tests import served
from tests.journeys import staffing
from tests.journeys.people import CHROMIUM, CHROMIUM_FLAGS

WORDS = {
    "de": ("Code anfordern", "Zur Kopie", "Kopie öffnen", "Als PDF speichern"),
    "en": ("Get a code", "To the copy", "Open the copy", "Save as PDF"),
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def chromium_page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield await chromium.new_page()
        await chromium.close()


async def test_a_code_by_mail_leads_to_the_copy_and_the_board_to_the_answer(stage: Stage, chromium_page: Page):
    tenant, page, at = await served.like(stage.deployment, "linden"), chromium_page, clock.now()
    origin = stage.deployment.settings.origin(tenant.host)
    async with stage.deployment.scopes.inside(tenant):
        for name in WORDS:
            record = Record(email=f"bert-{name}@people.example", given_name="Bert", family_name="Beispiel")
            bert = (await registering.register(record=record, source="test", at=at)).id
        asked = Asked(kind="objection", customer=bert, came="letter", language="en")
        received = at - timedelta(days=1)
        case = await opening.open(asked=asked, actor="system:test", received_at=received, at=at)
        await identifying.identify(case=case, by="loop", actor=f"customer:{bert}", at=at)
    for language in WORDS:
        await reads_a_copy(stage, page, origin, language)

    colleague = await staffing.enrolled(stage.deployment, tenant, role="privacy_officer", name="Paula")
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    cookie = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    await page.context.add_cookies([cookie])
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.goto(f"{origin}/console/cases")
        assert await page.evaluate(OVERFLOW) <= 0
    await page.locator("main").get_by_role("link", name="Widerspruch").click()
    await page.get_by_role("button", name="Übernehmen").click()
    await page.get_by_role("button", name="Umsetzen und abschließen").click()
    await expect(page.locator(".standing")).to_contain_text("erledigt", timeout=60_000)


async def reads_a_copy(stage: Stage, page: Page, origin: str, language: str) -> None:
    """From the form to the saved file, by the keyboard where a form is filled."""
    ask, onward, reveal, save = WORDS[language]
    email = f"bert-{language}@people.example"
    await page.goto(f"{origin}/rights?lang={language}")
    await page.locator("#kind-access").press("Space")
    await page.locator("#email").fill(email)
    await page.get_by_role("button", name=ask).click()
    mail = await stage.mailbox.wait_for(email, having="/rights/confirm/")
    await page.goto(mailbox.link_in(mail, "/rights/confirm/"))
    code = re.search(r"\b[0-9]{8}\b", mailbox.text_of(mail))
    assert code is not None
    await page.locator("#code").fill(code[0])
    await page.locator("#code").press("Enter")
    await page.get_by_role("link", name=onward).click()
    await page.get_by_role("button", name=reveal).click()
    await expect(page.locator("main")).to_contain_text(email, timeout=60_000)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name=save).click()
    assert (await (await saving.value).path()).read_bytes().startswith(b"%PDF")
    assert await page.context.cookies() == []
