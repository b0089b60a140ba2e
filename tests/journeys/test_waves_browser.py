"""A wave is planned and released in a real browser: without scripts, by the keyboard, with a name for everything."""

from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import sessions
from leumund.web.console import entering
from tests import allowing, polled, served
from tests.journeys import staffing
from tests.rooms import whole

WORDS = {
    "de": ("Welle planen", "Stichprobe", "Anzahl oder Prozent", "Weiter zur Vorschau", "Welle freigeben"),
    "en": ("Plan a wave", "Sample", "Number or per cent", "Go on to the preview", "Release the wave"),
}
SIZES = {"de": "so viele, ausgelost", "en": "this many, drawn by lot"}
WOULD = {"de": "2 Personen würden jetzt gefragt.", "en": "2 people would be asked now."}
LEFT = {"de": ("nicht ausgelost", "vor Kurzem erst befragt"), "en": ("not drawn", "asked only recently")}
DONE = {"de": "Die Welle ist freigegeben.", "en": "The wave has been released."}
SHAPES = {"de": (1280, 900), "en": (390, 800)}


async def agreed(email: str) -> UUID:
    """A customer who allowed to be asked."""
    customer = await whole.person(email, at=clock.now())
    consent = {"channel": "email", "source": "import", "basis": "asked at the counter"}
    await allowing.given(customer=customer, purpose="survey", email=email, at=clock.now(), **consent)
    return customer


async def press(page: Page, name: str) -> None:
    """Reach the button by its name, press the return key and wait for the page that comes."""
    await page.get_by_role("button", name=name, exact=True).focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_a_wave_is_planned_read_and_released(stage: Stage, browser: Browser, lang: str):
    tenant = await served.like(stage.deployment, "linden")
    async with stage.deployment.scopes.inside(tenant):
        people = [await agreed(f"{name}@people.example") for name in ("clara", "dora", "emil", "fritz")]
        await polled.invite(people[-1:], languages=["de"], at=clock.now())
    colleague = await staffing.enrolled(stage.deployment, tenant, role="marketing")
    async with stage.deployment.scopes.inside(tenant):
        token = await sessions.begin(member=colleague.member, at=clock.now())
    origin = stage.deployment.settings.origin(tenant.host)
    session = {"name": entering.NAME, "value": token, "url": origin.replace("http:", "https:"), "secure": True}
    width, height = SHAPES[lang]
    context = await browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=False)
    await context.add_cookies([session])
    page = await context.new_page()
    plan, sample, number, preview, release = WORDS[lang]

    await page.goto(f"{origin}/console/surveys?lang={lang}")
    await page.get_by_role("link", name=plan, exact=True).focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await page.get_by_role("heading", level=1).inner_text() == plan
    await page.get_by_label(sample, exact=True).select_option(label=SIZES[lang])
    await press(page, preview)
    wrong = page.get_by_label(number)
    assert await wrong.get_attribute("aria-invalid") == "true"
    await wrong.fill("2")
    await press(page, preview)
    told = await page.inner_text("main")
    assert WOULD[lang] in told
    assert all(reason in told for reason in LEFT[lang])
    await page.locator("#typed").fill("2")
    await press(page, release)
    assert DONE[lang] in await page.get_by_role("status").inner_text()
    await context.close()
