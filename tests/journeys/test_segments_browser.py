"""A segment is built in a real browser without scripts, by the keyboard alone, with a name for everything."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import sessions
from leumund.web.console import entering
from tests import served
from tests.journeys import staffing
from tests.rooms import segmented

WORDS = {
    "de": ("Neues Segment", "Name", "Wozu?", "Weitere Bedingung", "Hinzufügen", "Sprachen", "Zählen", "Speichern"),
    "en": ("New segment", "Name", "What for?", "Another condition", "Add", "Languages", "Count", "Save"),
}
FOUND = {"de": "5 von 6 gehören dazu.", "en": "5 of 6 belong."}
GERMAN = {"de": "Sprache: Deutsch", "en": "Language: German"}


async def press(page: Page, name: str) -> None:
    """Reach the button by its name, and press it by the keyboard."""
    await page.get_by_role("button", name=name, exact=True).last.focus()
    await send(page)


async def send(page: Page) -> None:
    """Press the return key and wait for the page that comes."""
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_a_segment_is_built_on_a_telephone_without_scripts(stage: Stage, browser: Browser, lang: str):
    tenant = await served.like(stage.deployment, "linden")
    async with stage.deployment.scopes.inside(tenant):
        for number in range(6):
            tongue = "de" if number else "en"
            at = clock.now() - timedelta(hours=1)
            await segmented.person(f"p{number}", at=at, profiled=False, language=tongue)
    colleague = await staffing.enrolled(stage.deployment, tenant, role="marketing")
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    context = await browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    await context.add_cookies([session])
    page = await context.new_page()
    heading, name, purpose, another, add, languages, count, save = WORDS[lang]

    await page.goto(f"{origin}/console/segments/new?lang={lang}")
    assert await page.get_by_role("heading", level=1).inner_text() == heading
    await page.get_by_label(name, exact=True).fill("Sommer")
    await page.get_by_label(purpose).fill("Einladung zum Sommerfest in Berlin")
    await page.get_by_label(another).select_option("language")
    await press(page, add)
    assert await page.get_by_label(name, exact=True).input_value() == "Sommer"
    await page.get_by_label(languages).fill("de")
    # The return key in a field counts, and keeps nothing.
    await send(page)
    assert FOUND[lang] in await page.get_by_role("status").inner_text()
    await press(page, count)
    assert FOUND[lang] in await page.get_by_role("status").inner_text()
    await press(page, save)
    assert GERMAN[lang] in await page.inner_text("main")
    # The worker has a job, and the page says who is in it as soon as it is done.
    async with asyncio.timeout(30):
        while "P3" not in await page.inner_text("main"):
            await page.reload()
    await context.close()
